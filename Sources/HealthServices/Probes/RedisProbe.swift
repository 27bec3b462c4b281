public import Hiredis

/// Checks Redis: PING, and what the server says of its role, persistence and memory policy.
public struct RedisProbe: HealthProbe {
    private let client: RedisClient

    /// Probes through a client that somebody else runs.
    public init(_ client: RedisClient) {
        self.client = client
    }

    /// One PING. A replica answers but does not pass; settings under which a promise does not hold stand in the metadata.
    public func check(within limit: Duration) async -> HealthCheckResult {
        let clock = ContinuousClock()
        let started = clock.now
        do throws(RedisError) {
            _ = try await client.send(RedisCommand("PING", access: .read), timeout: limit)
        } catch {
            return .failure(error.message, after: clock.now - started)
        }
        let latency = clock.now - started
        guard case .ready(let info) = client.status else { return HealthCheckResult(success: true, latency: latency) }
        return HealthCheckResult(
            success: info.role != .replica, latency: latency,
            error: info.role == .replica ? RedisServerInfo.Warning.isReplica.sentence : nil, metadata: info.summary)
    }
}

extension RedisServerInfo {
    /// The server's own words under stable names.
    fileprivate var summary: [String: String] {
        var summary = ["role": role.rawValue, "durability": durability.rawValue]
        summary["version"] = version
        summary["maxmemory_policy"] = evictionPolicy
        if !warnings.isEmpty { summary["warnings"] = warnings.map(\.rawValue).joined(separator: ",") }
        return summary
    }
}

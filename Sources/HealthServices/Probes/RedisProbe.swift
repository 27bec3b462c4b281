public import Hiredis

/// Checks Redis: PING, and what the server says of its role, persistence and memory policy.
public struct RedisProbe: HealthProbe {
    private let client: RedisClient

    /// Probes through a client that somebody else runs.
    public init(_ client: RedisClient) {
        self.client = client
    }

    /// One PING; a replica or an evicting server answers but does not pass.
    public func check() async -> HealthCheckResult {
        let clock = ContinuousClock()
        let started = clock.now
        do throws(RedisError) {
            _ = try await client.send(RedisCommand("PING", access: .read))
        } catch {
            return HealthCheckResult(success: false, latency: clock.now - started, error: error.message)
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
        return summary
    }
}

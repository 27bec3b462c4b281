import CacheServices

/// What the checks of one service add up to. Pure; the time comes from outside.
struct CheckTally: Sendable, Hashable {
    /// Checks that count for the error rate.
    static let window = 100

    /// Whether each of the last checks succeeded, oldest first.
    private(set) var outcomes: [Bool]
    /// When the service was last seen to come up; `nil` while it is down.
    private(set) var upSince: Timestamp?

    init(outcomes: [Bool] = [], upSince: Timestamp? = nil) {
        self.outcomes = Array(outcomes.suffix(Self.window))
        self.upSince = upSince
    }

    /// Goes on where another process stopped.
    ///
    /// - Parameters:
    ///   - outcomes: of the last checks, oldest first.
    ///   - last: the last status, whose uptime tells since when the service is up.
    init(outcomes: [Bool], last: ServiceHealth?) {
        let up = last.flatMap { last -> Timestamp? in
            guard let uptime = last.details.uptime, uptime > .zero || outcomes.last == true, let at = last.lastCheck else { return nil }
            return at - uptime
        }
        self.init(outcomes: outcomes, upSince: up)
    }

    /// Adds a check, and answers how the service is.
    mutating func add(_ result: HealthCheckResult, of service: OperationName, at time: Timestamp) -> ServiceHealth {
        outcomes.append(result.success)
        if outcomes.count > Self.window { outcomes.removeFirst() }
        upSince = result.success ? upSince ?? time : nil
        let status = ServiceStatus(success: result.success, latency: result.latency)
        return ServiceHealth(
            service: service, status: status, latency: result.latency, lastCheck: time,
            details: ServiceHealth.Details(
                uptime: upSince.map { max(.zero, time - $0) } ?? .zero, requestsPerMinute: result.requestsPerMinute,
                errorRate: Double(outcomes.count { !$0 }) / Double(outcomes.count), memoryUsageMB: result.memoryUsageMB),
            reason: Self.reason(result, status), metadata: result.metadata)
    }

    private static func reason(_ result: HealthCheckResult, _ status: ServiceStatus) -> String? {
        guard result.success else { return result.error.map(ReasonText.line) ?? "the check failed" }
        switch status {
        case .healthy: return nil
        case .degraded: return "it took \(TimeText.short(result.latency)) to answer"
        case .unhealthy:
            return "it took \(TimeText.short(result.latency)) to answer, more than \(TimeText.short(ServiceStatus.unhealthyBeyond))"
        }
    }
}

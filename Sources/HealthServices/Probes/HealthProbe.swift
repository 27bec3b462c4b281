/// One asynchronous check of one thing.
public protocol HealthProbe: Sendable {
    /// Checks once. Never throws: a failure is a result.
    func check() async -> HealthCheckResult
}

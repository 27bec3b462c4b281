/// One asynchronous check of one thing.
public protocol HealthProbe: Sendable {
    /// Checks once. Never throws: a failure is a result.
    ///
    /// When the time of a check is over its task is cancelled; a probe then lets go of everything that it opened.
    ///
    /// - Parameter limit: the time that the check has, for what needs to be told beforehand.
    func check(within limit: Duration) async -> HealthCheckResult
}

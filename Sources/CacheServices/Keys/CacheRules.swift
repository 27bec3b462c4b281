/// The numbers of the key table: lengths, caps and lifetimes.
package enum CacheRules {
    /// Lifetime of the latest signal and of a history, renewed by every write.
    static let signalLifetime = Duration.seconds(3600)
    /// Lifetime of financial and custom metrics, renewed by every write.
    package static let metricsLifetime = Duration.seconds(300)
    /// Lifetime of what a caller stores without naming one.
    static let defaultLifetime = Duration.seconds(300)
    /// Signals kept for each symbol.
    package static let historyLength = 100
    /// Entries of the change stream, approximately.
    package static let eventsLength = 2000
    /// Entries of each operation's stream of the performance logger, exactly.
    package static let performanceLength = 1000
    /// Checkpoints of the audit trail, exactly.
    package static let checkpointsLength = 1000
    /// Entries of the stream of alerts, exactly.
    package static let alertsLength = 1000
    /// Checks that are kept of each service, exactly.
    package static let healthHistoryLength = 1000
    /// Lifetime of a service's status, renewed by every check.
    package static let healthStatusLifetime = Duration.seconds(86_400)
}

/// The bounds of a ``PerformanceLogger``.
public struct PerformanceLimits: Sendable, Hashable {
    /// Samples that wait for the store; beyond, the oldest is given up and counted.
    public var queue = 10_000
    /// Samples that go to Redis in one script.
    public var batch = 100
    /// The longest time that a sample waits while Redis answers.
    public var flushInterval = Duration.milliseconds(100)
    /// Operations with a series of their own in one process; the samples of all others are kept together under `_other`.
    public var operations = 200
    /// Operations that may be open at once; beyond, the oldest is given up and counted.
    public var openOperations = 10_000
    /// The age from which on open operations are warned of.
    public var openWarning = Duration.seconds(300)
    /// The shortest time between two log records of one kind.
    public var logInterval = Duration.seconds(60)

    public init() {}
}

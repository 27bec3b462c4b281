/// The bounds of a ``LatencyMonitor``.
public struct LatencyLimits: Sendable, Hashable {
    /// `USDCOP_LATENCY_MAX_SAMPLES`: samples that the stream keeps, exactly. All processes must be told the same.
    public var samples = 10_000
    /// Samples that wait for the store; beyond, the oldest is given up and counted. Half a second of 100,000 a second.
    public var queue = 50_000
    /// Samples that go to Redis in one script.
    public var batch = 100
    /// The longest time that a sample waits while Redis answers.
    public var flushInterval = Duration.milliseconds(100)
    /// Series of one process; the samples of all others are kept together under `_other`.
    public var series = 200
    /// Milliseconds above which a sample is warned of.
    public var warningMS = 1000.0
    /// The shortest time between two log records of one kind, which for slow samples means of one series.
    public var logInterval = Duration.seconds(60)

    public init() {}
}

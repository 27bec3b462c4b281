/// What a ``LatencyMonitor`` of this process does at one moment. Each sample that was recorded is in exactly one of the first three counts.
public struct LatencyStatus: Sendable, Hashable {
    /// Samples that were recorded and are not stored yet.
    public var waiting = 0
    /// Samples that were given up, because the queue was full.
    public var dropped = 0
    /// Samples that reached the store.
    public var stored = 0
    /// Samples that were not recorded: their latency was no number from 0 to 1e9 ms.
    public var refused = 0

    public init() {}
}

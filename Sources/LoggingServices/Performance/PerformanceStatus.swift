/// What a ``PerformanceLogger`` of this process does at one moment: gauges and counters.
public struct PerformanceStatus: Sendable, Hashable {
    /// Samples that were recorded and are not stored yet.
    public var waiting = 0
    /// Samples that were given up: the queue was full, or what is under their key takes none.
    public var dropped = 0
    /// Samples whose duration was no number from 0 to 1e9 ms.
    public var refused = 0
    /// Operations that started and have not ended.
    public var openOperations = 0
    /// Operations that never ended and were given up for newer ones.
    public var abandonedOperations = 0
    /// Ends of operations that were not open.
    public var unknownEnds = 0
}

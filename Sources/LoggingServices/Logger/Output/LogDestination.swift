/// Where lines go. Used by one thread, which may wait in it.
protocol LogDestination: Sendable {
    /// Whether bytes that cannot be written now are kept until they can; otherwise they are given up.
    var keepsTrying: Bool { get }
    /// What messages about it call it.
    var name: String { get }
    /// Writes some of the bytes, at least one. They begin where the last call ended.
    mutating func write(_ bytes: UnsafeRawBufferPointer) -> LogWriteOutcome
    mutating func close()
}

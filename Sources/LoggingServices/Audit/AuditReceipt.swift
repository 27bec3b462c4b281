public import CacheServices

/// That an event is recorded, and how safely.
public struct AuditReceipt: Sendable, Hashable {
    public let entry: AuditLogEntry
    /// Where it is in the stream; `nil` while it is spooled, and for a repeat whose entry was trimmed.
    public let streamID: StreamID?
    public let durability: AuditDurability
    public let writer: WriterID
    /// Its place in the writer's chain.
    public let sequence: Int
    /// Whether an earlier request with the same idempotency key had recorded it already.
    public var isRepeat = false
}

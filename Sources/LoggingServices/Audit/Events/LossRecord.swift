import CacheServices

/// What a new writer says first when Redis is found to have lost events that it had acknowledged.
///
/// It goes into the trail as a SYSTEM_EVENT with the metadata
/// `{"event":"redis_lost_data","writer":…,"last_sequence":…,"last_hash":…,"lost":…}`.
public struct LossRecord: Sendable, Hashable {
    static let name = "redis_lost_data"

    /// Whose events were lost.
    public let writer: WriterID
    /// The last sequence that Redis had acknowledged.
    public let lastSequence: Int
    /// The hash of that event.
    public let lastHash: ChainHash
    /// How many of the writer's last events Redis no longer had; 0 or more.
    public let lost: Int

    public init(writer: WriterID, lastSequence: Int, lastHash: ChainHash, lost: Int) {
        self.writer = writer
        self.lastSequence = lastSequence
        self.lastHash = lastHash
        self.lost = max(0, lost)
    }

    /// Recognises the stored bytes of an entry; `nil` for every other one.
    public init?(entry: [UInt8]) {
        guard let metadata = entry.systemMetadata(Self.name), let writer = metadata["writer"]?.text.flatMap(WriterID.init),
            let last = metadata["last_sequence"]?.whole, let hash = metadata["last_hash"]?.text.flatMap(ChainHash.init(_:)),
            let lost = metadata["lost"]?.whole, last >= 1, (0...last).contains(lost)
        else { return nil }
        self.init(writer: writer, lastSequence: last, lastHash: hash, lost: lost)
    }

    /// The sequences that were lost; `nil` for none.
    public var lostSequences: ClosedRange<Int>? { lost > 0 ? (lastSequence - lost + 1)...lastSequence : nil }

    /// The event to record.
    public var event: AuditEvent {
        .system(
            "Redis lost \(lost) acknowledged events of writer \(writer)",
            metadata: [
                "event": .string(Self.name), "last_hash": .string("\(lastHash)"), "last_sequence": .integer(lastSequence),
                "lost": .integer(lost), "writer": .string(writer.rawValue),
            ])
    }
}

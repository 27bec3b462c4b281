public import CacheServices

/// An event as it is in the trail: what it says, and its link in the chain.
public struct AuditTrailEntry: Sendable, Hashable {
    /// Where it is in the stream.
    public let streamID: StreamID
    public let entry: AuditLogEntry
    /// Its place in the writer's chain, and the exact stored bytes.
    public let record: AuditRecord

    /// Reads an entry of the stream; `nil` when it is no record, or holds no entry.
    public init?(_ stored: StreamEntry) {
        guard let record = AuditRecord(stored), let entry = try? record.decodedEntry() else { return nil }
        self.streamID = stored.id
        self.entry = entry
        self.record = record
    }

    /// The entry as it goes over the wire, with its `stream_id`.
    public var jsonValue: JSONValue {
        let members = (entry.jsonValue.members ?? []).filter { $0.name != "stream_id" }
        return .object(members + [.init("stream_id", .string("\(streamID)"))])
    }
}

package import CacheServices

/// What Redis remembers of an idempotency key: the fingerprint of the request and where its event is.
package struct RememberedRequest: Sendable, Hashable {
    package let fingerprint: ChainHash
    /// The name of the entry that was recorded.
    package let auditID: String
    package let streamID: StreamID
    package let writer: WriterID
    package let sequence: Int

    /// What a process knows of it; the script adds where the event went.
    static func prefix(_ fingerprint: ChainHash, auditID: String) -> String { "\(fingerprint) \(auditID)" }

    /// Reads `<fingerprint> <audit id> <stream id> <writer> <seq>`.
    init?(_ text: String) {
        let parts = text.split(separator: " ")
        guard parts.count == 5, let fingerprint = ChainHash(String(parts[0])), let id = StreamID(String(parts[2])),
            let writer = WriterID(String(parts[3])), let sequence = AuditRecord.sequence(parts[4].utf8)
        else { return nil }
        self.fingerprint = fingerprint
        auditID = String(parts[1])
        self.streamID = id
        self.writer = writer
        self.sequence = sequence
    }
}

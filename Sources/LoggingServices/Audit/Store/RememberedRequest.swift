package import CacheServices

/// What Redis remembers of an idempotency key: the fingerprint of the request and where its event is.
package struct RememberedRequest: Sendable, Hashable {
    package let fingerprint: ChainHash
    package let streamID: StreamID
    package let writer: WriterID
    package let sequence: Int

    /// Reads `<fingerprint> <stream id> <writer> <seq>`.
    init?(_ text: String) {
        let parts = text.split(separator: " ")
        guard parts.count == 4, let fingerprint = ChainHash(String(parts[0])), let id = StreamID(String(parts[1])),
            let writer = WriterID(String(parts[2])), let sequence = AuditRecord.sequence(parts[3].utf8)
        else { return nil }
        self.fingerprint = fingerprint
        self.streamID = id
        self.writer = writer
        self.sequence = sequence
    }
}

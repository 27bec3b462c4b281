import CacheServices

/// What an administrator's clearing leaves in the trail: an append with `MAXLEN` 1, so that it is the first entry from then on.
///
/// It goes into the trail as a SYSTEM_EVENT with the metadata
/// `{"event":"audit_cleared","count":…,"last_checkpoint":…,"reason":…,"signature":…}`. The signature is the HMAC-SHA-256 of
/// `clear`, writer, seq, prev, count and reason, joined by line feeds, so that it proves this one entry and no other.
public struct ClearRecord: Sendable, Hashable {
    static let name = "audit_cleared"

    /// Events that were removed.
    public let count: Int
    /// The newest checkpoint before; `nil` when there was none.
    public let lastCheckpoint: Int?
    /// Why it was cleared.
    public let reason: String
    /// 64 hexadecimal digits; `nil` where no key is configured.
    public let signature: String?

    /// A record for one place in a writer's chain, signed when there is a key.
    ///
    /// - Parameters:
    ///   - sequence: the place that the record will have.
    ///   - previous: the hash of the writer's event before.
    public init(
        count: Int, lastCheckpoint: Int?, reason: String, writer: WriterID, sequence: Int, previous: ChainHash, key: AuditSigningKey?
    ) {
        self.count = count
        self.lastCheckpoint = lastCheckpoint
        self.reason = reason
        let bytes = Self.signedBytes(writer: writer, sequence: sequence, previous: previous, count: count, reason: reason)
        signature = key.map { Hexadecimal.text($0.signature(of: bytes)) }
    }

    /// Recognises the stored bytes of an entry; `nil` for every other one.
    public init?(entry: [UInt8]) {
        guard let metadata = entry.systemMetadata(Self.name), let count = metadata["count"]?.whole, let reason = metadata["reason"]?.text
        else { return nil }
        self.count = count
        self.reason = reason
        lastCheckpoint = metadata["last_checkpoint"]?.whole
        signature = metadata["signature"]?.text
    }

    /// Whether it is signed for its place with this key.
    public func isSigned(by key: AuditSigningKey, writer: WriterID, sequence: Int, previous: ChainHash) -> Bool {
        guard let signature = signature.flatMap(Hexadecimal.bytes) else { return false }
        return key.isValid(
            signature, of: Self.signedBytes(writer: writer, sequence: sequence, previous: previous, count: count, reason: reason))
    }

    /// Whether it may trim the trail: it stands in an intact record and, where there is a key, is signed by it.
    func isProven(for record: AuditRecord, key: AuditSigningKey?) -> Bool {
        guard record.isIntact else { return false }
        guard let key else { return true }
        return isSigned(by: key, writer: record.writer, sequence: record.sequence, previous: record.previous)
    }

    /// The event to record.
    public var event: AuditEvent {
        .system(
            "Audit trail cleared: \(count) events removed",
            metadata: [
                "count": .integer(count), "event": .string(Self.name), "last_checkpoint": lastCheckpoint.map(JSONValue.integer) ?? .null,
                "reason": .string(reason), "signature": signature.map(JSONValue.string) ?? .null,
            ])
    }

    private static func signedBytes(writer: WriterID, sequence: Int, previous: ChainHash, count: Int, reason: String) -> [UInt8] {
        Array("clear\n\(writer)\n\(sequence)\n\(previous)\n\(count)\n\(reason)".utf8)
    }
}

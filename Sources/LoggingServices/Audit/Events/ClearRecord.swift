public import CacheServices

/// What an administrator's clearing leaves in the trail: an append with `MAXLEN` 1, so that it is the first entry from then on.
///
/// It goes into the trail as a SYSTEM_EVENT with the metadata
/// `{"after":…,"event":"audit_cleared","count":…,"last_checkpoint":…,"reason":…,"signature":…}`. The signature is the HMAC-SHA-256 of
/// `clear`, namespace, writer, seq, prev, after, count, last checkpoint (or nothing) and reason, joined by line feeds, so that it proves
/// this one entry of this one trail, at this one place.
public struct ClearRecord: Sendable, Hashable {
    static let name = "audit_cleared"

    /// The last entry that was removed: a clearing that is put in again later is told by what was signed since.
    public let after: StreamID
    /// Events that were removed.
    public let count: Int
    /// The newest checkpoint before; `nil` when there was none.
    public let lastCheckpoint: Int?
    /// Why it was cleared.
    public let reason: String
    /// 64 hexadecimal digits; `nil` where no key is configured.
    public private(set) var signature: String?

    /// A record for one place in a writer's chain, signed when there is a key.
    ///
    /// - Parameters:
    ///   - after: the last entry of the trail before.
    ///   - sequence: the place that the record will have.
    ///   - previous: the hash of the writer's event before.
    public init(
        namespace: Namespace, after: StreamID, count: Int, lastCheckpoint: Int?, reason: String, writer: WriterID, sequence: Int,
        previous: ChainHash, key: AuditSigningKey?
    ) {
        self.init(after: after, count: count, lastCheckpoint: lastCheckpoint, reason: reason, signature: nil)
        let bytes = signedBytes(namespace, writer, sequence, previous)
        signature = key.map { Hexadecimal.text($0.signature(of: bytes)) }
    }

    private init(after: StreamID, count: Int, lastCheckpoint: Int?, reason: String, signature: String?) {
        self.after = after
        self.count = count
        self.lastCheckpoint = lastCheckpoint
        self.reason = reason
        self.signature = signature
    }

    /// Recognises the stored bytes of an entry; `nil` for every other one.
    public init?(entry: [UInt8]) {
        guard let metadata = entry.systemMetadata(Self.name), let count = metadata["count"]?.whole, let reason = metadata["reason"]?.text,
            let after = metadata["after"]?.text.flatMap(StreamID.init)
        else { return nil }
        self.init(
            after: after, count: count, lastCheckpoint: metadata["last_checkpoint"]?.whole, reason: reason,
            signature: metadata["signature"]?.text)
    }

    /// Whether it is signed for its place with this key.
    public func isSigned(by key: AuditSigningKey, namespace: Namespace, writer: WriterID, sequence: Int, previous: ChainHash) -> Bool {
        guard let signature = signature.flatMap(Hexadecimal.bytes) else { return false }
        return key.isValid(signature, of: signedBytes(namespace, writer, sequence, previous))
    }

    /// Whether it may trim the trail: it stands in an intact record and, where there is a key, is signed by it.
    func isProven(for record: AuditRecord, namespace: Namespace, key: AuditSigningKey?) -> Bool {
        guard record.isIntact else { return false }
        guard let key else { return true }
        return isSigned(by: key, namespace: namespace, writer: record.writer, sequence: record.sequence, previous: record.previous)
    }

    /// The event to record.
    public var event: AuditEvent {
        .system(
            "Audit trail cleared: \(count) events removed",
            metadata: [
                "after": .string("\(after)"), "count": .integer(count), "event": .string(Self.name),
                "last_checkpoint": lastCheckpoint.map(JSONValue.integer) ?? .null, "reason": .string(reason),
                "signature": signature.map(JSONValue.string) ?? .null,
            ])
    }

    private func signedBytes(_ namespace: Namespace, _ writer: WriterID, _ sequence: Int, _ previous: ChainHash) -> [UInt8] {
        let checkpoint = lastCheckpoint.map { "\($0)" } ?? ""
        return Array("clear\n\(namespace.rawValue)\n\(writer)\n\(sequence)\n\(previous)\n\(after)\n\(count)\n\(checkpoint)\n\(reason)".utf8)
    }
}

public import CacheServices

/// One link of a writer's chain: an entry with its place and its hash. It is what a stream entry, a line of the journal and a line of an
/// export hold.
public struct AuditRecord: Sendable, Hashable {
    public let writer: WriterID
    /// 1, 2, 3 … within the writer.
    public let sequence: Int
    /// The hash of the writer's event before; zeros at first.
    public let previous: ChainHash
    public let hash: ChainHash
    /// The exact bytes of the entry, as they were hashed.
    public let entry: [UInt8]
    /// Where it is in the stream; `nil` while it is not there.
    public var streamID: StreamID?
    /// By what a repeat of the request is recognised, where the caller gave a key.
    public var idempotency: IdempotencyKey?

    /// A record as it was found, right or wrong.
    public init(
        writer: WriterID, sequence: Int, previous: ChainHash, hash: ChainHash, entry: [UInt8], streamID: StreamID? = nil,
        idempotency: IdempotencyKey? = nil
    ) {
        self.writer = writer
        self.sequence = sequence
        self.previous = previous
        self.hash = hash
        self.entry = entry
        self.streamID = streamID
        self.idempotency = idempotency
    }

    /// The next link of a chain.
    public init(writer: WriterID, sequence: Int, previous: ChainHash, entry: [UInt8], idempotency: IdempotencyKey? = nil) {
        self.init(
            writer: writer, sequence: sequence, previous: previous,
            hash: .of(previous: previous, writer: writer, sequence: sequence, entry: entry), entry: entry, idempotency: idempotency)
    }

    /// Whether the hash is that of the contents.
    public var isIntact: Bool {
        sequence >= 1 && hash == .of(previous: previous, writer: writer, sequence: sequence, entry: entry)
    }

    /// The entry, read; throws `JSONParseError` or `ValidationError` when the bytes hold none.
    public func decodedEntry() throws -> AuditLogEntry { try AuditLogEntry(stored: entry) }
}

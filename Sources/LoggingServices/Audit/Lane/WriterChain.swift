/// The chain of one writer as its lane goes along it: a pure value, so that a step back is an assignment.
struct WriterChain: Sendable, Hashable {
    let writer: WriterID
    /// The last sequence that was given out, and its hash.
    private(set) var sequence = 0
    private(set) var previous = ChainHash.zero
    /// The last sequence that Redis acknowledged, and its hash.
    private(set) var acknowledged = 0
    private(set) var acknowledgedHash = ChainHash.zero

    init(_ writer: WriterID) { self.writer = writer }

    /// Whether Redis has everything.
    var isDelivered: Bool { acknowledged == sequence }

    /// Adds a link.
    mutating func append(_ entry: [UInt8], idempotency: IdempotencyKey? = nil) -> AuditRecord {
        let record = AuditRecord(
            writer: writer, sequence: sequence + 1, previous: previous, entry: entry, idempotency: idempotency)
        sequence = record.sequence
        previous = record.hash
        return record
    }

    mutating func acknowledge(_ sequence: Int, _ hash: ChainHash) {
        guard sequence > acknowledged else { return }
        acknowledged = sequence
        acknowledgedHash = hash
    }

    /// Steps back to what Redis acknowledged: the rest goes another way.
    mutating func rewind() {
        sequence = acknowledged
        previous = acknowledgedHash
    }
}

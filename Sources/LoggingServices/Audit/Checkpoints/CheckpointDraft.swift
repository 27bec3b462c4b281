import CacheServices

/// The events of a checkpoint while they are read.
struct CheckpointDraft {
    private let key: AuditSigningKey?
    private var digest = TrailDigest()
    private var heads: [WriterID: CheckpointStatement.Head] = [:]
    private var tags: [UInt64] = []
    private var cleared = 0
    /// Entries seen, foreign ones included.
    private(set) var seen = 0
    private(set) var last: StreamID?

    init(key: AuditSigningKey?) { self.key = key }

    /// Takes the next entry. What is no event of the trail is not covered, and stands out for that reason.
    mutating func add(_ entry: StreamEntry) {
        seen += 1
        last = entry.id
        guard let record = AuditRecord(entry) else { return }
        digest.add(entry.id, record.hash)
        tags.append(record.hash.tag)
        heads[record.writer] = .init(writer: record.writer, sequence: record.sequence, hash: record.hash)
        if let clearing = ClearRecord(entry: record.entry), clearing.isProven(for: record, key: key) { cleared += 1 }
    }

    /// - Parameter info: of the stream, when the reading began.
    func statement(continuing base: CheckpointContinuation, from: StreamID, info: StreamInfo, cap: Int, at time: Timestamp)
        -> CheckpointStatement
    {
        var skipped = 0
        if from == base.from, let before = base.entriesAdded, let after = info.entriesAdded, after > before {
            skipped = max(0, after - before - seen)
        }
        return CheckpointStatement(
            number: base.number, time: time, previous: base.previous, from: from, to: last ?? info.lastID, skipped: skipped,
            heads: heads.values.sorted { $0.writer.rawValue < $1.writer.rawValue }, digest: digest.finish(), tags: tags,
            cleared: cleared, firstID: info.firstID, entriesAdded: info.entriesAdded, length: info.length, maximumLength: cap,
            keyName: nil, lost: base.lost)
    }
}

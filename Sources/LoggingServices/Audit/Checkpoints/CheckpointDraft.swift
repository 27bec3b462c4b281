import CacheServices

/// The events of a checkpoint while they are read.
struct CheckpointDraft {
    private let settings: AuditSettings
    /// Events after this entry are covered.
    private let from: StreamID
    private var digest = TrailDigest()
    private var heads: [WriterID: CheckpointStatement.Head] = [:]
    private var ids: [StreamID] = []
    private var tags: [UInt64] = []
    private var cleared = 0
    /// Entries seen, foreign ones included.
    private(set) var seen = 0
    private(set) var first: StreamID?
    private(set) var last: StreamID?

    init(from: StreamID, settings: AuditSettings) {
        self.from = from
        self.settings = settings
    }

    /// Takes the next entry. What is no event of the trail is not covered, and stands out for that reason.
    mutating func add(_ entry: StreamEntry) {
        seen += 1
        first = first ?? entry.id
        last = entry.id
        guard let record = AuditRecord(entry) else { return }
        digest.add(entry.id, record.hash)
        ids.append(entry.id)
        tags.append(record.hash.tag)
        heads[record.writer] = .init(writer: record.writer, sequence: record.sequence, hash: record.hash)
        guard let clearing = ClearRecord(entry: record.entry), clearing.after >= from else { return }
        if clearing.isProven(for: record, namespace: settings.namespace, key: settings.signingKey) { cleared += 1 }
    }

    /// Whether the front of the stream went on between its description and the reading, so that what removed it was not seen.
    func wasOvertaken(_ info: StreamInfo) -> Bool {
        guard let front = info.firstID, front > from else { return false }
        return first != front
    }

    /// - Parameters:
    ///   - info: of the stream, when the reading began.
    ///   - server: the run of Redis.
    func statement(continuing base: CheckpointContinuation, info: StreamInfo, server: String?, at time: Timestamp) -> CheckpointStatement {
        var skipped = 0
        if from == base.from, let before = base.entriesAdded, let after = info.entriesAdded, after > before {
            skipped = max(0, after - before - seen)
        }
        return CheckpointStatement(
            namespace: settings.namespace, server: server, number: base.number, time: time, previous: base.previous, from: from,
            to: last ?? info.lastID, skipped: skipped, heads: heads.values.sorted { $0.writer.rawValue < $1.writer.rawValue },
            digest: digest.finish(), ids: ids, tags: tags, cleared: cleared, firstID: info.firstID, entriesAdded: info.entriesAdded,
            length: info.length, maximumLength: max(1, settings.maximumEvents), keyName: nil, lost: base.lost)
    }
}

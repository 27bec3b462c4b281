import CacheServices

/// Everything that verification looks at, read beforehand.
struct TrailEvidence: Sendable {
    /// What Redis remembers of a writer.
    struct KnownWriter: Sendable, Hashable {
        let writer: Int32
        let sequence: Int
        let id: StreamID
        let hash: ChainHash
    }

    /// The live stream around the entries that were read.
    struct Stream: Sendable {
        /// Before the entries were read; its last entry bounds them.
        var before: StreamInfo
        /// After they were read.
        var after: StreamInfo
        /// The cap, as far as whoever asks knows it.
        var maximumLength: Int
        var known: [KnownWriter] = []
    }

    /// Whose trail it is; `nil` for a file.
    let namespace: Namespace?
    /// The run of the Redis server; `nil` for a file, and where it cannot be read.
    var server: String?
    /// `nil` for a file.
    var stream: Stream?
    /// A file that holds a selection: single entries are all that can be checked.
    var isFiltered = false
    private(set) var entries: [TrailEntry] = []
    private(set) var writers: [WriterID] = []
    private var indices: [WriterID: Int32] = [:]
    private(set) var losses: [(entry: Int, record: LossRecord)] = []
    /// By the entry that records a clearing: the last entry that it removed, or `nil` when it is not proven.
    private(set) var clearings: [Int: StreamID?] = [:]
    /// The first lines that are no record, and how many there are.
    private(set) var unreadable: [AuditBreak] = []
    private(set) var unreadableCount = 0
    var notes: [String] = []
    /// The entries of the stream of checkpoints, oldest first, and what Redis says of that stream.
    var checkpoints: [StreamEntry] = []
    var checkpointsInfo = StreamInfo()

    init(of namespace: Namespace? = nil) { self.namespace = namespace }

    mutating func addUnreadable(line: Int) {
        unreadableCount += 1
        guard unreadable.count < AuditVerdict.maximumBreaks else { return }
        unreadable.append(AuditBreak(.unreadable, at: .init(line: line), "What stands here is no record of the trail."))
    }

    mutating func index(of writer: WriterID) -> Int32 {
        if let index = indices[writer] { return index }
        let index = Int32(clamping: writers.count)
        writers.append(writer)
        indices[writer] = index
        return index
    }

    /// The index of a writer; -1 for one without an entry.
    func knownIndex(of writer: WriterID) -> Int32 { indices[writer] ?? -1 }

    func writer(_ index: Int32) -> WriterID? { writers.indices.contains(Int(index)) ? writers[Int(index)] : nil }

    mutating func add(_ entry: StreamEntry, key: AuditSigningKey?) {
        if let record = AuditRecord(entry) { return add(record, key: key) }
        entries.append(
            TrailEntry(id: entry.id, writer: -1, sequence: 0, previous: .zero, hash: .zero, isIntact: false, line: 0))
    }

    mutating func add(_ record: AuditRecord, line: Int = 0, key: AuditSigningKey?) {
        if let loss = LossRecord(entry: record.entry) { losses.append((entries.count, loss)) }
        if let namespace, let clearing = ClearRecord(entry: record.entry) {
            let isProven = clearing.isProven(for: record, namespace: namespace, key: key)
            clearings.updateValue(isProven ? clearing.after : nil, forKey: entries.count)
        }
        entries.append(
            TrailEntry(
                id: record.streamID, writer: index(of: record.writer), sequence: record.sequence, previous: record.previous,
                hash: record.hash, isIntact: record.isIntact, line: Int32(clamping: line)))
    }

    /// Forgets the entries at the front that were trimmed while the others were read.
    mutating func dropEntries(before first: StreamID) {
        let count = entries.prefix { ($0.id ?? .zero) < first }.count
        guard count > 0 else { return }
        entries.removeFirst(count)
        losses = losses.compactMap { $0.entry >= count ? ($0.entry - count, $0.record) : nil }
        clearings = Dictionary(uniqueKeysWithValues: clearings.compactMap { $0.key >= count ? ($0.key - count, $0.value) : nil })
    }

    /// Puts a file that has the newest entry first into the order of the stream.
    mutating func reverse() {
        entries.reverse()
        let last = entries.count - 1
        losses = losses.map { (last - $0.entry, $0.record) }.reversed()
        clearings = Dictionary(uniqueKeysWithValues: clearings.map { (last - $0.key, $0.value) })
    }

    func place(_ index: Int) -> AuditBreak.Place {
        let entry = entries[index]
        return .init(
            streamID: entry.id, writer: writer(entry.writer), sequences: entry.isForeign ? nil : entry.sequence...entry.sequence,
            line: entry.line > 0 ? Int(entry.line) : nil)
    }
}

import CacheServices

/// Judges what was read, without reading anything: every rule of verification, as a function of the evidence.
///
/// First the checkpoints by themselves, then the entries against what the checkpoints say was there, then every writer's chain, then both
/// ends of the stream. What one step has explained the later ones pass by, so that one change gives one break.
struct TrailExamination {
    let evidence: TrailEvidence
    let coverage: SignedCoverage
    let audit: CheckpointAudit
    private(set) var breaks: [(order: Int, found: AuditBreak)] = []
    /// Breaks that are only counted.
    private var unlisted = 0
    var notes: [String]

    /// Where each entry stands among the signed ones.
    var positions: [Int?] = []
    /// Entries that a break speaks of already.
    var isExplained: [Bool]
    /// Sequences whose absence a break speaks of already, ascending from the end of the alignment on.
    var explainedSequences: [Int32: [Int]] = [:]
    /// Entries that stand in the place of a signed one.
    var replaced: Set<Int> = []
    /// Entries that belong to no chain.
    var strangers: Set<Int> = []
    /// Their hashes: what goes on from one of them belongs to the same break.
    var strangeRuns: [ChainHash: AuditBreak.Kind] = [:]
    /// Events that are missing between others of their writer.
    private(set) var missingCount = 0
    /// Signed events that are gone from the front, by their positions: the cap may have taken them.
    var goneFromFront: [Int] = []
    /// Signed events that are gone from elsewhere, and those that Redis lost.
    var goneElsewhere: [Int] = []
    var goneByLoss: [Int] = []
    var isTailCut = false

    init(_ evidence: TrailEvidence, key: AuditSigningKey?, anchor: Checkpoint?) {
        self.evidence = evidence
        notes = evidence.notes
        isExplained = [Bool](repeating: false, count: evidence.entries.count)
        audit = CheckpointAudit(evidence, anchor: anchor, key: key)
        let length = max(audit.trusted.last?.statement.length ?? 0, audit.newestHeld?.statement.length ?? 0)
        coverage = SignedCoverage(
            audit.trusted, first: evidence.entries.lazy.compactMap(\.id).first, atLeast: length, isLost: audit.isLost)
    }

    /// The verdict.
    static func verdict(_ evidence: TrailEvidence, key: AuditSigningKey?, anchor: Checkpoint?) -> AuditVerdict {
        var examination = TrailExamination(evidence, key: key, anchor: anchor)
        examination.run()
        return examination.verdict
    }

    private mutating func run() {
        for found in evidence.unreadable { report(found, order: 0) }
        guard !evidence.isFiltered else {
            notes.append("The file holds a selection: its entries were checked one by one.")
            return reportEdited()
        }
        for found in audit.breaks + CheckpointHistory.breaks(audit.trusted) { report(found, order: order(of: found.place.streamID)) }
        notes += audit.notes
        judgeOrderOfFile()
        alignWithSigned()
        let chains = WriterChains(evidence)
        judge(chains)
        judgeTail(chains)
        judgeFront(chains)
        judgePlaces()
        judgeDigests()
        judgeLosses(chains)
    }

    /// Sequences from outside can be as far apart as numbers go.
    mutating func countMissing(_ range: ClosedRange<Int>) { missingCount = min(1 << 53, missingCount + min(1 << 53, range.count)) }

    mutating func report(_ found: AuditBreak, order: Int) {
        breaks.append((order, found))
        guard breaks.count >= 8 * AuditVerdict.maximumBreaks else { return }
        // What is listed is known already; of the rest the number is enough.
        let ordered = Self.inOrder(breaks)
        breaks = Array(ordered.prefix(AuditVerdict.maximumBreaks))
        unlisted += ordered.count - breaks.count
    }

    private static func inOrder(_ breaks: [(order: Int, found: AuditBreak)]) -> [(order: Int, found: AuditBreak)] {
        breaks.enumerated().sorted { ($0.element.order, $0.offset) < ($1.element.order, $1.offset) }.map(\.element)
    }

    mutating func report(_ kind: AuditBreak.Kind, _ index: Int, _ detail: String) {
        guard !isExplained[index] else { return }
        isExplained[index] = true
        report(AuditBreak(kind, at: evidence.place(index), detail), order: index)
    }

    /// The first entry that is not before an id, for the order of breaks.
    func order(of id: StreamID?) -> Int {
        guard let id else { return 0 }
        // Entries of the stream ascend; those of a file may not.
        guard evidence.stream == nil else { return evidence.entries.partitioningIndex { $0.id ?? .zero >= id } }
        return evidence.entries.firstIndex { $0.id ?? .zero >= id } ?? evidence.entries.count
    }

    private mutating func reportEdited() {
        for index in evidence.entries.indices where !evidence.entries[index].isIntact { report(.edited, index, Self.wrongHash) }
    }

    static let wrongHash = "The contents do not give the hash that stands beside them."

    private var verdict: AuditVerdict {
        let ordered = Self.inOrder(breaks).map(\.found)
        let through = evidence.isFiltered ? nil : coverage.through
        let notYetSigned = evidence.entries.reversed().prefix { entry in
            guard let through, let id = entry.id else { return true }
            return id > through
        }
        return AuditVerdict(
            breaks: Array(ordered.prefix(AuditVerdict.maximumBreaks)),
            unlistedBreaks: max(0, ordered.count - AuditVerdict.maximumBreaks) + unlisted + evidence.unreadableCount
                - evidence.unreadable.count,
            entries: evidence.entries.count, writers: Set(evidence.entries.lazy.map(\.writer).filter { $0 >= 0 }).count,
            checkpoints: audit.count, signedThrough: through, notYetSigned: notYetSigned.count, signatures: audit.signatures,
            notes: notes)
    }
}

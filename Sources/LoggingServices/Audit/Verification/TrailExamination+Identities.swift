import CacheServices

extension TrailExamination {
    /// Which event a signed tag stands for, as far as what is left tells: the next event of the writer names it, or a head.
    struct Identities {
        private(set) var slots: [UInt64: TrailSlot] = [:]
        private(set) var positions: [TrailSlot: Int] = [:]
        /// The signed entries that are there.
        private(set) var holders: [TrailSlot: Int] = [:]
        private var greatest: [Int32: Int] = [:]

        init(_ examination: TrailExamination, present: Set<Int>) {
            let evidence = examination.evidence
            func know(_ hash: ChainHash, _ writer: Int32, _ sequence: Int) {
                slots[hash.tag] = TrailSlot(writer: writer, sequence: sequence)
                greatest[writer] = max(greatest[writer] ?? 0, sequence)
            }
            let indices = Dictionary(evidence.writers.enumerated().map { ($1, Int32(clamping: $0)) }) { first, _ in first }
            for segment in examination.coverage.segments {
                for head in segment.checkpoint.statement.heads {
                    if let writer = indices[head.writer] { know(head.hash, writer, head.sequence) }
                }
            }
            for known in evidence.stream?.known ?? [] { know(known.hash, known.writer, known.sequence) }
            for (index, entry) in evidence.entries.enumerated() where examination.positions[index] != nil {
                holders[entry.slot] = index
                if entry.sequence > 1 { know(entry.previous, entry.writer, entry.sequence - 1) }
            }
            // What is not signed may name what is: the first event after the newest checkpoint.
            for (index, entry) in evidence.entries.enumerated() where examination.positions[index] == nil && entry.sequence > 1 {
                if !entry.isForeign, slots[entry.previous.tag] == nil { know(entry.previous, entry.writer, entry.sequence - 1) }
            }
            for (position, tag) in examination.coverage.tags.enumerated() where !present.contains(position) {
                if let slot = slots[tag] { positions[slot] = position }
            }
        }

        /// Whether a signed event with this writer and sequence can have been here.
        func isPlausible(_ entry: TrailEntry) -> Bool {
            !entry.isForeign && holders[entry.slot] == nil && entry.sequence <= greatest[entry.writer] ?? 0
        }
    }
}

import CacheServices

/// Every writer's chain: each hash, each link, each sequence.
extension TrailExamination {
    mutating func judge(_ chains: WriterChains) {
        for index in evidence.entries.indices {
            let entry = evidence.entries[index]
            if entry.isForeign {
                strangers.insert(index)
                report(.inserted, index, "This is no event of the trail.")
            } else if !entry.isIntact {
                report(.edited, index, Self.wrongHash)
            }
        }
        judgeOrder()
        for chain in chains.chains { judge(chain) }
    }

    /// A writer's events stand in the stream in the order in which it wrote them.
    private mutating func judgeOrder() {
        var greatest = [Int](repeating: 0, count: evidence.writers.count)
        var seen: Set<TrailSlot> = []
        for (index, entry) in evidence.entries.enumerated() where !entry.isForeign && !isExplained[index] && entry.id != nil {
            let writer = Int(entry.writer)
            // A sequence that is there twice is a matter of its own.
            guard seen.insert(entry.slot).inserted else { continue }
            if entry.sequence < greatest[writer] {
                report(.reordered, index, "The writer's later event stands before it.")
            } else {
                greatest[writer] = max(greatest[writer], entry.sequence)
            }
        }
    }

    private mutating func judge(_ chain: [Int]) {
        var last: Int?
        for (place, index) in chain.enumerated() where !strangers.contains(index) {
            let entry = evidence.entries[index]
            guard let before = last else {
                if entry.sequence == 1, entry.previous != .zero { report(.edited, index, "A writer's first event has nothing before it.") }
                if !replaced.contains(index) { last = index }
                continue
            }
            let previous = evidence.entries[before]
            if entry.sequence == previous.sequence {
                if let survivor = judgeTwins(before, index) { last = survivor }
                continue
            }
            let isNext = entry.sequence - 1 == previous.sequence
            if replaced.contains(index), !isNext { continue }
            if !isNext {
                judgeGap(before, index)
            } else if entry.previous != previous.hash {
                judgeLink(before, index, next: chain.dropFirst(place + 1).first)
            }
            last = index
        }
    }

    /// Two events with one sequence; answers which one the chain goes on with.
    private mutating func judgeTwins(_ first: Int, _ second: Int) -> Int? {
        guard !isExplained[first], !isExplained[second] else { return isExplained[first] ? second : first }
        let (left, right) = (evidence.entries[first], evidence.entries[second])
        let odd = positions[second] == nil ? second : positions[first] == nil ? first : second
        strangers.insert(odd)
        if left.hash == right.hash {
            report(.inserted, odd, "The event is there twice.")
        } else {
            report(.forked, odd, "The writer has another event with this sequence.")
        }
        return odd == first ? second : first
    }

    private mutating func judgeGap(_ before: Int, _ after: Int) {
        let (left, right) = (evidence.entries[before], evidence.entries[after])
        let range = (left.sequence + 1)...(right.sequence - 1)
        guard !isAbsenceExplained(right.writer, range) else { return }
        var place = evidence.place(after)
        place.sequences = range
        countMissing(range)
        let count = range.count == 1 ? "An event" : "\(range.count) events"
        report(AuditBreak(.missing, at: place, "\(count) of the writer before this entry are gone."), order: after)
    }

    func isAbsenceExplained(_ writer: Int32, _ range: ClosedRange<Int>) -> Bool {
        guard let sequences = explainedSequences[writer] else { return false }
        let place = sequences.partitioningIndex { $0 >= range.lowerBound }
        return place < sequences.count && sequences[place] <= range.upperBound
    }

    /// Two successive events that do not fit: the one that fits its other neighbour is the one that was left alone.
    private mutating func judgeLink(_ before: Int, _ after: Int, next: Int?) {
        guard !isExplained[before], !isExplained[after] else { return }
        let entry = evidence.entries[after]
        let breaksNext =
            next.map { evidence.entries[$0].sequence - 1 == entry.sequence && evidence.entries[$0].previous != entry.hash } ?? false
        if positions[before] != nil || breaksNext {
            report(.edited, after, "It names another event before it than the one that is there.")
        } else {
            report(.edited, before, "The writer's next event names another one in its place.")
        }
    }

    /// In a file the ids must ascend; a file with the newest first was turned round before.
    mutating func judgeOrderOfFile() {
        guard evidence.stream == nil else { return }
        let ids = evidence.entries.map(\.id)
        let stayed = Set(LongestRun.indices(of: ids))
        let held = Set(stayed.compactMap { ids[$0] })
        for index in ids.indices where !stayed.contains(index) {
            guard let id = ids[index] else { continue }
            guard !held.contains(id) else { continue }
            report(.reordered, index, "The entry does not stand in the order of the stream.")
        }
    }
}

import CacheServices

/// The entries against what the checkpoints say was there.
extension TrailExamination {
    /// A stretch between two entries that are what and where they were.
    private struct Gap {
        /// Signed events that are not there.
        var gone: [Int]
        /// Entries that are not signed, though a checkpoint speaks of their place.
        var strange: [Int]
        /// The entry before, and the one after.
        var before: Int?
        var after: Int?
        var isFront = false
        var isTail = false
    }

    mutating func alignWithSigned() {
        var placeOf: [UInt64: Int] = [:]
        for (position, tag) in coverage.tags.enumerated() { placeOf[tag] = position }
        positions = evidence.entries.map { $0.isForeign ? nil : placeOf[$0.hash.tag] }
        guard !coverage.tags.isEmpty else { return }
        let anchors = LongestRun.indices(of: positions)
        forgetCopies(anchors)
        reportMoved(anchors)
        let present = Set(positions.compactMap { $0 })
        let identities = Identities(self, present: present)
        var leftover: [Gap] = []
        var (index, position) = (0, 0)
        for (place, anchor) in (anchors + [evidence.entries.count]).enumerated() {
            let end = anchor < evidence.entries.count ? positions[anchor] ?? position : coverage.tags.count
            var gap = Gap(
                gone: (position..<max(position, end)).filter { !present.contains($0) },
                strange: (index..<anchor).filter { positions[$0] == nil && isCovered($0, before: anchors.last) })
            gap.before = place > 0 ? anchors[place - 1] : nil
            gap.after = place < anchors.count ? anchor : nil
            gap.isFront = place == 0
            gap.isTail = place == anchors.count && !anchors.isEmpty
            (index, position) = (anchor + 1, end + 1)
            guard !gap.gone.isEmpty || !gap.strange.isEmpty else { continue }
            pair(&gap, identities)
            leftover.append(gap)
        }
        reportReplaced()
        for gap in leftover { settle(gap, identities) }
        for writer in explainedSequences.keys { explainedSequences[writer]?.sort() }
        judgeBackdated()
    }

    /// What is older than the front of the stream was when it was signed last, and was never signed, was put there since.
    private mutating func judgeBackdated() {
        guard evidence.stream != nil, let border = audit.newestHeld?.statement.firstID else { return }
        for index in evidence.entries.indices.prefix(while: { evidence.entries[$0].id ?? border < border }) {
            guard positions[index] == nil, !replaced.contains(index), !strangers.contains(index) else { continue }
            strangers.insert(index)
            report(.inserted, index, "It is older than the front of the trail was when it was signed.")
        }
    }

    /// Entries without an id (journals) and those of gaps between checkpoints are left to the chains.
    private func isCovered(_ index: Int, before lastAnchor: Int?) -> Bool {
        guard let id = evidence.entries[index].id else { return false }
        if coverage.covers(id) { return true }
        // A stream that was made anew with later ids still has the signed order.
        guard let lastAnchor, index < lastAnchor, let through = coverage.through else { return false }
        return id > through
    }

    /// Of several copies of an event the one in its place counts, or else the first.
    private mutating func forgetCopies(_ anchors: [Int]) {
        var held = Set(anchors.compactMap { positions[$0] })
        let stayed = Set(anchors)
        for index in positions.indices where !stayed.contains(index) {
            if let position = positions[index], !held.insert(position).inserted { positions[index] = nil }
        }
    }

    private mutating func reportMoved(_ anchors: [Int]) {
        let stayed = Set(anchors)
        for index in evidence.entries.indices where positions[index] != nil && !stayed.contains(index) {
            let isIntact = evidence.entries[index].isIntact
            report(
                isIntact ? .reordered : .edited, index, isIntact ? "The entry stood at another place when it was signed." : Self.wrongHash)
        }
    }

    /// Finds what replaced what: by the name of the place where it is known, else by order.
    private mutating func pair(_ gap: inout Gap, _ identities: Identities) {
        var gone = Set(gap.gone)
        var strange: [Int] = []
        for index in gap.strange {
            if let position = identities.positions[evidence.entries[index].slot], gone.remove(position) != nil {
                replaced.insert(index)
            } else {
                strange.append(index)
            }
        }
        // At the front the cap takes events too: there only what can have been signed replaces what is gone, from the end on.
        var order = (gap.isFront ? gap.gone.reversed() : gap.gone).filter(gone.contains)[...]
        for isSecondLook in [false, true] where !isSecondLook || !gap.isFront {
            strange = strange.filter { index in
                guard let position = order.first, isSecondLook || identities.isPlausible(evidence.entries[index]) else { return true }
                order.removeFirst()
                gone.remove(position)
                replaced.insert(index)
                explain(position, identities)
                return false
            }
        }
        gap.gone = gap.gone.filter(gone.contains)
        gap.strange = strange
    }

    /// Notes that a break speaks of the absence of a signed event.
    private mutating func explain(_ position: Int, _ identities: Identities) {
        guard let slot = identities.slots[coverage.tags[position]] else { return }
        explainedSequences[slot.writer, default: []].append(slot.sequence)
    }

    /// One edit each, or one break for a chain that was written anew.
    private mutating func reportReplaced() {
        guard !replaced.isEmpty else { return }
        var bySlot: [TrailSlot: Int] = [:]
        for (index, entry) in evidence.entries.enumerated() where positions[index] == nil && !entry.isForeign { bySlot[entry.slot] = index }
        for index in replaced.sorted() where !isExplained[index] {
            let entry = evidence.entries[index]
            guard !entry.isForeign, entry.isIntact else {
                report(.edited, index, entry.isForeign ? "The entry is no event of the trail any more." : Self.wrongHash)
                continue
            }
            var run = [index]
            var last = entry
            while last.sequence < .max, let next = bySlot[TrailSlot(writer: last.writer, sequence: last.sequence + 1)],
                evidence.entries[next].previous == last.hash, evidence.entries[next].isIntact
            {
                run.append(next)
                last = evidence.entries[next]
            }
            if run.count > 1 {
                report(.rebuilt, index, "From here on the writer's chain is another one than the signed one, for \(run.count) events.")
                for other in run { isExplained[other] = true }
            } else {
                report(.edited, index, "The entry and its hash are not those that were signed.")
            }
        }
    }

    private mutating func settle(_ gap: Gap, _ identities: Identities) {
        reportInserted(gap.strange, identities)
        guard !gap.gone.isEmpty else { return }
        if gap.isFront {
            goneFromFront = gap.gone
        } else if gap.isTail, evidence.stream == nil {
            notes.append("The file ends \(gap.gone.count) events before what the anchor vouches for.")
        } else {
            var gap = gap
            settleLoss(&gap, identities)
            if !gap.gone.isEmpty { reportGone(gap, identities) }
        }
    }

    /// The last events of a checkpoint that Redis went back behind are lost, not taken away; others are no part of that.
    private mutating func settleLoss(_ gap: inout Gap, _ identities: Identities) {
        for segment in coverage.segments where segment.mayEndEarly && !segment.positions.isEmpty {
            guard let first = gap.gone.first, segment.positions.upperBound > first else { continue }
            let end = gap.gone.partitioningIndex { $0 >= segment.positions.upperBound }
            var (start, next) = (end, segment.positions.upperBound - 1)
            while start > 0, gap.gone[start - 1] == next, segment.positions.contains(next) { (start, next) = (start - 1, next - 1) }
            guard start < end else { continue }
            let lost = Array(gap.gone[start..<end])
            gap.gone.removeSubrange(start..<end)
            goneByLoss += lost
            for position in lost { explain(position, identities) }
            let nearest = gap.after ?? (gap.before ?? -1) + 1
            let place = AuditBreak.Place(
                streamID: evidence.entries.indices.contains(nearest) ? evidence.entries[nearest].id : evidence.entries.last?.id,
                checkpoint: segment.checkpoint.number)
            report(
                AuditBreak(.redisLostData, at: place, "Redis lost the last \(lost.count) events that the checkpoint had signed."),
                order: nearest)
        }
    }

    private mutating func reportGone(_ gap: Gap, _ identities: Identities) {
        let gone = gap.gone
        let slots = gone.compactMap { identities.slots[coverage.tags[$0]] }
        for position in gone { explain(position, identities) }
        goneElsewhere += gone
        let next = (gap.before ?? -1) + 1
        let isEnd = gap.isTail && !evidence.entries.indices.dropFirst(next).contains { !isExplained[$0] }
        let nearest = isEnd ? evidence.entries.indices.last : gap.after ?? next
        var place = AuditBreak.Place()
        if let nearest, evidence.entries.indices.contains(nearest) { place.streamID = evidence.entries[nearest].id }
        if let first = slots.first {
            place.writer = evidence.writer(first.writer)
            let same = slots.filter { $0.writer == first.writer }.map(\.sequence)
            place.sequences = (same.min() ?? first.sequence)...(same.max() ?? first.sequence)
        }
        if isEnd {
            isTailCut = true
            report(AuditBreak(.tailCut, at: place, "The last \(gone.count) signed events, after this entry, are gone."), order: .max)
        } else {
            let count = gone.count == 1 ? "A signed event" : "\(gone.count) signed events"
            report(AuditBreak(.missing, at: place, "\(count) before this entry are gone."), order: nearest ?? 0)
        }
    }

    private mutating func reportInserted(_ strange: [Int], _ identities: Identities) {
        strangers.formUnion(strange)
        for index in strange where !isExplained[index] {
            let entry = evidence.entries[index]
            if !entry.isForeign, let kind = strangeRuns[entry.previous] {
                isExplained[index] = true
                strangeRuns[entry.hash] = kind
                continue
            }
            let twin = entry.isForeign ? nil : identities.holders[entry.slot].map { evidence.entries[$0] }
            let isFork = twin.map { $0.hash != entry.hash && $0.previous == entry.previous && entry.isIntact } ?? false
            if !entry.isForeign { strangeRuns[entry.hash] = isFork ? .forked : .inserted }
            report(
                isFork ? .forked : .inserted, index,
                isFork ? "The writer has another event with this sequence." : "There was no such entry when this place was signed.")
        }
    }

    /// Every signed event stands under the id that it had.
    mutating func judgePlaces() {
        guard !breaks.contains(where: { $0.found.kind != .redisLostData }) else { return }
        let moved = evidence.entries.indices.filter { index in
            guard let position = positions[index], let id = evidence.entries[index].id else { return false }
            return coverage.ids[position] != id
        }
        guard let first = moved.first else { return }
        report(.rebuilt, first, "From here on \(moved.count) events are those that were signed, but under other ids.")
    }

    /// Whole ranges are compared with their digest, which all of every hash is part of.
    mutating func judgeDigests() {
        guard !breaks.contains(where: { $0.found.kind != .redisLostData }) else { return }
        var start: [Int: Int] = [:]
        for (index, position) in positions.enumerated() { if let position { start[position] = index } }
        for segment in coverage.segments where segment.isWhole && !segment.positions.isEmpty {
            let indices = segment.positions.compactMap { start[$0] }
            guard indices.count == segment.positions.count, indices.allSatisfy({ evidence.entries[$0].id != nil }) else { continue }
            var digest = TrailDigest()
            for index in indices { digest.add(evidence.entries[index].id ?? .zero, evidence.entries[index].hash) }
            guard digest.finish() != segment.checkpoint.statement.digest else { continue }
            return report(.rebuilt, indices[0], "The events are not those whose digest was signed.")
        }
    }
}

import CacheServices

/// Both ends of the stream: what the cap, a proven clearing and the writers' own memory allow.
extension TrailExamination {
    mutating func judgeFront(_ chains: WriterChains) {
        guard let stream = evidence.stream else { return }
        guard stream.after.length > 0 else { return judgeEmptiness(stream) }
        // How many events a cut tail had, and what the cap took for them, cannot be told.
        guard !evidence.entries.isEmpty, !isTailCut else { return }
        guard let held = audit.newestHeld?.statement else {
            guard stream.after.length < stream.maximumLength, evidence.clearings[0].flatMap({ $0 }) == nil else { return }
            return judgeFrontByChains(chains, stream.maximumLength)
        }
        let greatest = max(stream.maximumLength, held.maximumLength)
        // What was inserted, and is named already, makes it longer, too.
        if stream.after.length > greatest, held.length <= greatest, strangers.isEmpty {
            report(.inserted, 0, "The stream holds \(stream.after.length) entries, more than its cap of \(greatest).")
        }
        guard stream.after.length < held.maximumLength, !isCleared(since: held) else { return }
        let gone = countGone(held, stream.after.length)
        if gone > 0 { return reportFront(gone) }
        if held.entriesAdded == held.length { judgeBeginnings(chains) }
    }

    /// Whether the front is a proven clearing that came after what was signed last. An older one explains nothing that is gone since, and one
    /// that was put in again is older.
    private func isCleared(since held: CheckpointStatement) -> Bool {
        guard let removed = evidence.clearings[0].flatMap({ $0 }), let id = evidence.entries[0].id else { return false }
        return positions[0] == nil && id > held.to && removed >= held.to
    }

    /// How many of the events that were there when the trail was signed last are gone from the front without the cap.
    private func countGone(_ held: CheckpointStatement, _ length: Int) -> Int {
        let end = coverage.count(through: held.number)
        var (present, uncovered) = (replaced.count, 0)
        for (index, position) in positions.enumerated() {
            if let position {
                if position < end { present += 1 }
            } else if let id = evidence.entries[index].id, id <= held.to, !replaced.contains(index), !strangers.contains(index) {
                uncovered += 1
            }
        }
        // Events that were deleted since then have pushed others over the cap, too.
        let unsigned = max(0, length - present - uncovered - strangers.count) + missingCount
        let expected = max(0, min(held.length, held.maximumLength - unsigned - strangers.count))
        let lost = goneByLoss.count { $0 < end }
        let byPlace = goneFromFront.count { $0 < end && $0 >= end - expected - lost }
        let byNumber = expected - present - uncovered - goneElsewhere.count { $0 < end }
        return max(byPlace, byNumber)
    }

    /// Nothing was ever trimmed, so that every writer begins with its first event.
    private mutating func judgeBeginnings(_ chains: WriterChains) {
        guard !audit.trusted.contains(where: { $0.statement.cleared > 0 }), breaks.isEmpty else { return }
        for chain in chains.chains {
            guard let first = chain.first(where: { !strangers.contains($0) }), evidence.entries[first].sequence > 1 else { continue }
            let range = 1...(evidence.entries[first].sequence - 1)
            guard !isAbsenceExplained(evidence.entries[first].writer, range) else { continue }
            var place = evidence.place(first)
            place.sequences = range
            report(AuditBreak(.missing, at: place, "The writer's first \(range.count) events are gone."), order: first)
        }
    }

    /// Without a checkpoint the sequences tell how many events there must have been.
    private mutating func judgeFrontByChains(_ chains: WriterChains, _ cap: Int) {
        var ever = 0
        var sequences: [Int32: Int] = [:]
        for known in evidence.stream?.known ?? [] { sequences[known.writer] = known.sequence }
        for (writer, chain) in chains.chains.enumerated() {
            let known = sequences[Int32(clamping: writer)] ?? 0
            let last = chain.last { !strangers.contains($0) && !replaced.contains($0) }.map { evidence.entries[$0].sequence } ?? 0
            ever = min(1 << 53, ever + min(1 << 53, max(last, known)))
        }
        let gone = min(cap, ever) - missingCount - (evidence.entries.count - strangers.count)
        if gone > 0 { reportFront(gone) }
    }

    private mutating func reportFront(_ count: Int) {
        var place = AuditBreak.Place()
        if !evidence.entries.isEmpty { place = evidence.place(0) }
        place.writer = nil
        place.sequences = nil
        let isUnproven = evidence.clearings[0].map { $0 == nil } ?? false
        let how = isUnproven ? "by a clearing that is not proven" : "although the cap was not reached"
        report(AuditBreak(.rogueTrim, at: place, "\(count) events before this entry were removed, \(how)."), order: 0)
    }

    private mutating func judgeEmptiness(_ stream: TrailEvidence.Stream) {
        let known = max(audit.trusted.last?.statement.to ?? .zero, stream.known.map(\.id).max() ?? .zero)
        guard max(known, stream.before.lastID) > .zero else { return }
        if stream.before.lastID >= known {
            report(AuditBreak(.rogueTrim, at: .init(streamID: stream.before.lastID), "All events were removed."), order: 0)
        } else {
            report(AuditBreak(.tailCut, at: .init(streamID: nil), "The stream is gone, with everything up to \(known)."), order: 0)
        }
    }

    mutating func judgeTail(_ chains: WriterChains) {
        guard let stream = evidence.stream, let first = evidence.entries.first?.id, let last = evidence.entries.last?.id else { return }
        var cut: (writer: Int32, range: ClosedRange<Int>)?
        for known in stream.known where known.sequence > 0 {
            let end = chains[known.writer].last { !strangers.contains($0) }
            let sequence = end.map { evidence.entries[$0].sequence } ?? 0
            if let end, sequence == known.sequence {
                judgeHead(known, end)
            } else if sequence < known.sequence, known.id >= first {
                let range = (sequence + 1)...known.sequence
                guard !isAbsenceExplained(known.writer, range) else { continue }
                if known.id > last {
                    cut = cut ?? (known.writer, end == nil ? known.sequence...known.sequence : range)
                } else {
                    reportLost(known, range)
                }
            }
        }
        guard !isTailCut, cut != nil || stream.before.lastID > last else { return }
        isTailCut = true
        let place = AuditBreak.Place(streamID: last, writer: cut.flatMap { evidence.writer($0.writer) }, sequences: cut?.range)
        report(AuditBreak(.tailCut, at: place, "What came after this entry is gone."), order: .max)
    }

    private mutating func judgeHead(_ known: TrailEvidence.KnownWriter, _ end: Int) {
        guard evidence.entries[end].hash != known.hash, !isExplained[end] else { return }
        report(.edited, end, "Redis remembers another hash of the writer's last event.")
    }

    private mutating func reportLost(_ known: TrailEvidence.KnownWriter, _ range: ClosedRange<Int>) {
        countMissing(range)
        let after = order(of: known.id)
        let place = AuditBreak.Place(
            streamID: evidence.entries.indices.contains(after) ? evidence.entries[after].id : nil, writer: evidence.writer(known.writer),
            sequences: range)
        report(AuditBreak(.missing, at: place, "The last events of the writer are gone."), order: after)
    }

    /// What the trail says of itself: that Redis lost events. Where they are all there, somebody only made Redis forget the writer.
    mutating func judgeLosses(_ chains: WriterChains) {
        for (index, loss) in evidence.losses {
            let place = AuditBreak.Place(streamID: evidence.entries[index].id, writer: loss.writer, sequences: loss.lostSequences)
            let isThere =
                loss.lost > 0
                && chains[evidence.knownIndex(of: loss.writer)].contains {
                    evidence.entries[$0].sequence == loss.lastSequence && evidence.entries[$0].hash == loss.lastHash
                }
            if isThere {
                report(
                    AuditBreak(.writerForgotten, at: place, "Redis did not know the writer any more, though its events are there."),
                    order: index)
            } else {
                report(
                    AuditBreak(
                        .redisLostData, at: place, "Redis lost the last \(loss.lost) events of the writer; another writer goes on here."),
                    order: index)
            }
        }
    }
}

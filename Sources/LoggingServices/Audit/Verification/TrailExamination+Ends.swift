import CacheServices

/// Both ends of the stream: what the cap, a proven clearing and the writers' own memory allow.
extension TrailExamination {
    mutating func judgeFront(_ chains: WriterChains) {
        guard let stream = evidence.stream else { return }
        guard stream.after.length > 0 else { return judgeEmptiness(stream) }
        let newest = audit.trusted.last?.statement
        let cap = min(stream.maximumLength, newest?.maximumLength ?? .max)
        // How many events a cut tail had, and what the cap took for them, cannot be told.
        guard stream.after.length < cap, evidence.clearings[0] != true, !evidence.entries.isEmpty, !isTailCut else { return }
        guard let newest else { return judgeFrontByChains(chains, cap) }
        let signed = positions.count { $0 != nil } + replaced.count
        // Events that were deleted since then have pushed others over the cap, too.
        let unsigned = max(0, stream.after.length - signed - strangers.count) + missingCount
        let expected = max(0, min(newest.length, cap - unsigned - strangers.count))
        let gone = goneFromFront.count { $0 >= coverage.tags.count - expected }
        if gone > 0 { return reportFront(gone) }
        if newest.entriesAdded == newest.length { judgeBeginnings(chains) }
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
        for (writer, chain) in chains.chains.enumerated() {
            let known = evidence.stream?.known.first { $0.writer == Int32(clamping: writer) }?.sequence ?? 0
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
        let how = evidence.clearings[0] == false ? "by a clearing that is not proven" : "although the cap was not reached"
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
        let after = evidence.entries.firstIndex { $0.id ?? .zero >= known.id }
        let place = AuditBreak.Place(
            streamID: after.flatMap { evidence.entries[$0].id }, writer: evidence.writer(known.writer), sequences: range)
        report(AuditBreak(.missing, at: place, "The last events of the writer are gone."), order: after ?? 0)
    }
}

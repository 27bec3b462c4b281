import CacheServices

/// What checkpoints say of each other: whether the trail moved from one to the next as only appending and the cap can move it.
enum CheckpointHistory {
    static func breaks(_ trusted: [Checkpoint]) -> [AuditBreak] {
        var found: [AuditBreak] = []
        var heads: [WriterID: Int] = [:]
        for (index, checkpoint) in trusted.enumerated() {
            let after = checkpoint.statement
            if after.lost != nil { heads.removeAll() }
            if after.from == .zero { heads.removeAll() }
            if index > 0, case let before = trusted[index - 1].statement, after.number == before.number + 1, after.lost == nil,
                // With a new key the whole trail is signed anew.
                after.keyName == before.keyName || after.from != .zero
            {
                if let kind = kind(before, after, heads) { found.append(kind) }
            }
            for head in after.heads { heads[head.writer] = head.sequence }
        }
        return found
    }

    private static func kind(_ before: CheckpointStatement, _ after: CheckpointStatement, _ heads: [WriterID: Int]) -> AuditBreak? {
        let place = AuditBreak.Place(streamID: after.firstID, checkpoint: after.number)
        guard after.from == before.to else {
            return AuditBreak(.tailCut, at: place, "The stream ended before what checkpoint \(before.number) had signed.")
        }
        if let head = after.heads.first(where: { ($0.sequence) <= heads[$0.writer] ?? 0 }) {
            let place = AuditBreak.Place(
                streamID: before.to, writer: head.writer, sequences: head.sequence...head.sequence, checkpoint: after.number)
            return AuditBreak(.tailCut, at: place, "The writer's chain went back behind what checkpoint \(before.number) had signed.")
        }
        var added = after.count
        if let first = before.entriesAdded, let last = after.entriesAdded, last > first { added = max(added, last - first) }
        let cap = min(before.maximumLength, after.maximumLength)
        let expected = min(cap, before.length.addingReportingOverflow(added).partialValue)
        guard after.length < expected, after.cleared == 0 else { return nil }
        return AuditBreak(
            .rogueTrim, at: place,
            "\(expected - after.length) events went from the front since checkpoint \(before.number), with the cap of \(cap) not reached."
        )
    }
}

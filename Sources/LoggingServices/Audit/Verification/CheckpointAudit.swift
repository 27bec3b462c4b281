import CacheServices

/// The chain of checkpoints, judged by itself: numbers, links, signatures, and what the anchor knows.
struct CheckpointAudit {
    private struct Item {
        let checkpoint: Checkpoint?
        /// Where the number is counted from the neighbours.
        var number = 0
        var isTrusted = true
        var isProven = false
    }

    /// What can be relied on, oldest first: with a key, what it signed, as soon as it signed anything.
    private(set) var trusted: [Checkpoint] = []
    private(set) var breaks: [AuditBreak] = []
    private(set) var notes: [String] = []
    private(set) var signatures = AuditVerdict.Signatures.none
    private(set) var count = 0
    /// Numbers that Redis has lost by going back in time, as far as anybody can tell.
    private var lost: [ClosedRange<Int>] = []
    private let key: AuditSigningKey?
    private let namespace: Namespace?
    private var items: [Item]

    /// - Parameters:
    ///   - evidence: the stream of checkpoints, and the entries of the trail.
    ///   - anchor: a checkpoint that was kept outside Redis.
    init(_ evidence: TrailEvidence, anchor: Checkpoint?, key: AuditSigningKey?) {
        self.key = key
        namespace = evidence.namespace
        items = evidence.checkpoints.map { Item(checkpoint: Checkpoint($0)) }
        // A file comes without checkpoints; the anchor, where there is one, is all there is.
        guard evidence.stream != nil else {
            guard let anchor, !refuses(anchor) else { return }
            trusted = [anchor]
            count = 1
            describeSignatures()
            return
        }
        judgeSignatures()
        countNumbers()
        judgeLinks()
        count = items.count
        trusted = items.compactMap { $0.isTrusted ? $0.checkpoint : nil }
        if items.contains(where: \.isProven) { trusted = items.compactMap { $0.isProven && $0.isTrusted ? $0.checkpoint : nil } }
        judgeEnds(evidence)
        if let anchor { take(anchor, isLossPlausible: Self.isLossPlausible(evidence, since: anchor.statement)) }
        describeSignatures()
    }

    /// Whether Redis went back behind a checkpoint with a number.
    func isLost(_ number: Int) -> Bool { lost.contains { $0.contains(number) } }

    /// The newest checkpoint that Redis did not lose.
    var newestHeld: Checkpoint? { trusted.last { !isLost($0.number) } }

    /// One run of a Redis server loses nothing. Where runs are not known, a record of a loss that came later has to do.
    private static func isLossPlausible(_ evidence: TrailEvidence, since statement: CheckpointStatement) -> Bool {
        if let before = statement.server, let now = evidence.server { return before != now }
        return evidence.losses.contains { evidence.entries[$0.entry].id.map { $0 > statement.to } ?? false }
    }

    private mutating func report(_ kind: AuditBreak.Kind, _ number: Int, _ detail: String) {
        breaks.append(AuditBreak(kind, at: .init(checkpoint: number), detail))
    }

    /// Whether it is a checkpoint of the trail that is verified.
    private func isOurs(_ checkpoint: Checkpoint) -> Bool { namespace.map { $0 == checkpoint.statement.namespace } ?? true }

    // MARK: Signatures

    private mutating func judgeSignatures() {
        for index in items.indices {
            items[index].isProven = items[index].checkpoint.map { found in isOurs(found) && (key.map(found.isSigned) ?? false) } ?? false
        }
        let firstProven = items.firstIndex(where: \.isProven)
        let firstSigned = items.firstIndex { $0.checkpoint?.signature != nil }
        var early = (unsigned: 0, otherKey: 0)
        for index in items.indices where !items[index].isProven {
            guard let checkpoint = items[index].checkpoint, isOurs(checkpoint) else {
                items[index].isTrusted = false
                continue
            }
            let isEarly = index < (key == nil ? firstSigned : firstProven) ?? items.count
            switch (checkpoint.signature, checkpoint.statement.keyName) {
            case (nil, nil) where isEarly: early.unsigned += 1
            case (.some, .some(let name)) where key != nil && isEarly && name != key?.name: early.otherKey += 1
            case (.some, _) where key == nil: break
            default: items[index].isTrusted = false
            }
        }
        if early.unsigned > 0, firstSigned != nil { notes.append("\(early.unsigned) checkpoints are from before there was a key.") }
        if early.otherKey > 0, firstProven != nil { notes.append("\(early.otherKey) older checkpoints are signed by another key.") }
    }

    private mutating func describeSignatures() {
        guard let newest = trusted.last else {
            signatures = count == 0 ? .none : .unsigned
            return
        }
        guard let key else {
            signatures = newest.signature == nil ? .unsigned : .noKey
            notes.append(
                newest.signature == nil
                    ? "The checkpoints are unsigned: whoever can write to Redis could have made them."
                    : "No key was given: the signatures of the checkpoints were not checked.")
            return
        }
        signatures = newest.isSigned(by: key) ? .verified : .unsigned
        if newest.signature == nil, newest.statement.keyName == nil {
            report(.checkpointUnsigned, newest.number, "There is a key, but the newest checkpoint has no signature.")
        } else if signatures == .unsigned {
            report(
                .checkpointEdited, newest.number,
                "The newest checkpoint is signed by another key than the one that was given; after a change of keys whoever has the new one signs "
                    + "the whole trail anew.")
        }
    }

    // MARK: Numbers

    /// A damaged checkpoint keeps the number that its neighbours leave for it.
    private mutating func countNumbers() {
        for index in items.indices { items[index].number = items[index].isTrusted ? items[index].checkpoint?.number ?? 0 : 0 }
        for index in items.indices.dropFirst() where !items[index].isTrusted && items[index - 1].number > 0 {
            items[index].number = items[index - 1].number.addingReportingOverflow(1).partialValue
        }
        for index in items.indices.reversed().dropFirst() where items[index].number == 0 {
            items[index].number = max(0, items[index + 1].number - 1)
        }
        for index in items.indices where !items[index].isTrusted {
            let item = items[index]
            let number = item.number > 0 ? item.number : item.checkpoint?.number ?? 1
            items[index].number = number
            if let checkpoint = item.checkpoint, checkpoint.signature == nil {
                report(.checkpointUnsigned, number, "The checkpoint has lost its signature.")
            } else {
                report(
                    .checkpointEdited, number,
                    item.checkpoint.map {
                        isOurs($0) ? "The signature is not that of the checkpoint." : "The checkpoint is that of another trail."
                    } ?? "The checkpoint cannot be read.")
            }
        }
    }

    private mutating func judgeLinks() {
        var mismatches: Set<Int> = []
        for index in items.indices.dropFirst() {
            let (before, after) = (items[index - 1], items[index])
            if after.number == before.number + 1 {
                guard before.isTrusted, after.isTrusted, let first = before.checkpoint, let second = after.checkpoint else { continue }
                if second.statement.previous != first.hash { mismatches.insert(index - 1) }
            } else if after.number > before.number {
                gap(before.number + 1, after.number - 1, lost: after.isTrusted ? after.checkpoint?.statement.lost : nil)
            } else {
                report(.checkpointEdited, after.number, "The checkpoint stands after one with the number \(before.number).")
                items[index].isTrusted = false
            }
        }
        for index in mismatches.sorted() {
            // Whoever changes a checkpoint's own link breaks both the link to it and the one from it.
            guard !mismatches.contains(index + 1), items[index].isTrusted else { continue }
            items[index].isTrusted = items[index].isProven
            report(.checkpointEdited, items[index].number, "The next checkpoint names another one as the one before it.")
        }
    }

    private mutating func gap(_ first: Int, _ last: Int, lost: CheckpointStatement.Loss?) {
        gap(first, last, isLoss: lost?.number == last, "as the signer found itself")
    }

    private mutating func gap(_ first: Int, _ last: Int, isLoss: Bool, _ how: String) {
        let range = first == last ? "Checkpoint \(first) is" : "Checkpoints \(first) to \(last) are"
        if isLoss {
            lost.append(first...last)
            report(.redisLostData, first, "\(range) not in Redis any more, \(how).")
        } else {
            report(.checkpointMissing, first, "\(range) gone.")
        }
    }

    private mutating func judgeEnds(_ evidence: TrailEvidence) {
        if let first = items.first, first.number > 1 {
            let lost = first.isTrusted ? first.checkpoint?.statement.lost : nil
            if evidence.checkpointsInfo.length < CheckpointStore.maximumLength {
                gap(1, first.number - 1, lost: lost)
            } else if let oldest = Self.oldest(evidence, trusted.last), let from = trusted.first?.statement.from, from >= oldest {
                // They stay as long as anything in the trail is as old as what they cover.
                let count = evidence.entries.prefix { $0.id ?? .zero <= from }.count
                let range = "Checkpoints up to \(first.number - 1) are gone"
                report(.checkpointMissing, first.number - 1, "\(range), and \(count) events at the front are not signed any more.")
            }
        }
        if evidence.checkpointsInfo.lastID > evidence.checkpoints.last?.id ?? .zero {
            let number = (items.last?.number ?? 0) + 1
            report(.checkpointMissing, number, "Checkpoints from \(number) on are gone: the stream had newer ones.")
        }
    }

    /// The oldest entry that can have been there when the newest checkpoint was made.
    private static func oldest(_ evidence: TrailEvidence, _ newest: Checkpoint?) -> StreamID? {
        let border = newest?.statement.firstID ?? .zero
        return evidence.entries.lazy.compactMap(\.id).first { $0 >= border }
    }

    // MARK: Anchor

    private mutating func take(_ anchor: Checkpoint, isLossPlausible: Bool) {
        guard !refuses(anchor) else { return }
        let number = anchor.number
        let newest = items.last?.number ?? 0
        if number > newest {
            count += 1
            if isLossPlausible || !breaks.contains(where: { $0.kind == .checkpointMissing && $0.place.checkpoint == newest + 1 }) {
                gap(newest + 1, number, isLoss: isLossPlausible, "and Redis has been started anew since")
            }
            return insert(anchor)
        }
        guard let item = items.first(where: { $0.number == number }) else { return insert(anchor) }
        guard item.checkpoint?.hash != anchor.hash else { return }
        guard item.isTrusted else { return insert(anchor) }
        let detail = "Redis holds another checkpoint \(number) than the anchor"
        if let before = anchor.statement.server, let now = item.checkpoint?.statement.server, before != now {
            lost.append(number...number)
            report(.redisLostData, number, "\(detail), which it lost.")
        } else {
            report(item.isProven ? .checkpointMissing : .checkpointEdited, number, "\(detail).")
            trusted.removeAll { $0.number == number }
        }
        insert(anchor)
    }

    /// Whether an anchor is no use.
    private mutating func refuses(_ anchor: Checkpoint) -> Bool {
        guard isOurs(anchor) else {
            report(.checkpointEdited, anchor.number, "The anchor is that of another trail.")
            return true
        }
        if key != nil, anchor.signature == nil { notes.append("The anchor is unsigned.") }
        guard let key, anchor.signature != nil, !anchor.isSigned(by: key) else { return false }
        report(.checkpointEdited, anchor.number, "The anchor is not signed by the key.")
        return true
    }

    private mutating func insert(_ anchor: Checkpoint) {
        let place = trusted.firstIndex { $0.number >= anchor.number } ?? trusted.endIndex
        trusted.insert(anchor, at: place)
    }
}

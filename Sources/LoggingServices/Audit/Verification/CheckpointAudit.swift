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

    /// What can be relied on, oldest first.
    private(set) var trusted: [Checkpoint] = []
    private(set) var breaks: [AuditBreak] = []
    private(set) var notes: [String] = []
    private(set) var signatures = AuditVerdict.Signatures.none
    private(set) var count = 0
    private let key: AuditSigningKey?
    private var items: [Item]

    /// - Parameters:
    ///   - entries: of the stream of checkpoints, oldest first.
    ///   - lastLoss: the newest entry of the trail that records that Redis lost data.
    init(_ entries: [StreamEntry], info: StreamInfo, anchor: Checkpoint?, key: AuditSigningKey?, lastLoss: StreamID?) {
        self.init(entries, key: key)
        judgeEnds(info, newestID: entries.last?.id)
        if let anchor { take(anchor, lastLoss) }
        describeSignatures()
    }

    /// A file comes without checkpoints; the anchor, where there is one, is all there is.
    init(anchor: Checkpoint?, key: AuditSigningKey?) {
        self.init([], key: key)
        guard let anchor, !refuses(anchor) else { return }
        trusted = [anchor]
        count = 1
        describeSignatures()
    }

    private init(_ entries: [StreamEntry], key: AuditSigningKey?) {
        self.key = key
        items = entries.map { Item(checkpoint: Checkpoint($0)) }
        judgeSignatures()
        countNumbers()
        judgeLinks()
        trusted = items.compactMap { $0.isTrusted ? $0.checkpoint : nil }
        count = items.count
    }

    private mutating func report(_ kind: AuditBreak.Kind, _ number: Int, _ detail: String) {
        breaks.append(AuditBreak(kind, at: .init(checkpoint: number), detail))
    }

    // MARK: Signatures

    private mutating func judgeSignatures() {
        for index in items.indices {
            items[index].isProven = items[index].checkpoint.flatMap { found in key.map(found.isSigned) } ?? false
        }
        let firstProven = items.firstIndex(where: \.isProven)
        let firstSigned = items.firstIndex { $0.checkpoint?.signature != nil }
        var early = (unsigned: 0, otherKey: 0)
        for index in items.indices where !items[index].isProven {
            guard let checkpoint = items[index].checkpoint else {
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
            report(.checkpointEdited, newest.number, "The newest checkpoint is signed by another key than the one that was given.")
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
                    item.checkpoint == nil ? "The checkpoint cannot be read." : "The signature is not that of the checkpoint.")
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
                gap(before.number + 1, after.number - 1, lost: after.checkpoint?.statement.lost)
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
        let range = first == last ? "Checkpoint \(first) is" : "Checkpoints \(first) to \(last) are"
        if lost?.number == last {
            report(.redisLostData, first, "\(range) not in Redis any more, as the signer found itself.")
        } else {
            report(.checkpointMissing, first, "\(range) gone.")
        }
    }

    private mutating func judgeEnds(_ info: StreamInfo, newestID: StreamID?) {
        if let first = items.first, first.number > 1, info.length < CheckpointStore.maximumLength {
            gap(1, first.number - 1, lost: first.checkpoint?.statement.lost)
        }
        if info.lastID > newestID ?? .zero {
            let number = (items.last?.number ?? 0) + 1
            report(.checkpointMissing, number, "Checkpoints from \(number) on are gone: the stream had newer ones.")
        }
    }

    // MARK: Anchor

    private mutating func take(_ anchor: Checkpoint, _ lastLoss: StreamID?) {
        guard !refuses(anchor) else { return }
        let number = anchor.number
        let newest = items.last?.number ?? 0
        if number > newest {
            count += 1
            if let lastLoss, lastLoss > anchor.statement.to {
                notes.append("The anchor's checkpoint \(number) is from before Redis lost data.")
                return
            }
            if !breaks.contains(where: { $0.kind == .checkpointMissing && $0.place.checkpoint == newest + 1 }) {
                gap(newest + 1, number, lost: nil)
            }
            return trusted.append(anchor)
        }
        guard let item = items.first(where: { $0.number == number }) else {
            if number >= items.first?.number ?? 0, breaks.contains(where: { $0.kind == .checkpointMissing }) { insert(anchor) }
            return
        }
        guard item.checkpoint?.hash != anchor.hash else { return }
        if item.isTrusted {
            report(
                item.isProven ? .checkpointMissing : .checkpointEdited, number, "Redis holds another checkpoint \(number) than the anchor.")
            trusted.removeAll { $0.number == number }
        }
        insert(anchor)
    }

    /// Whether an anchor is no use.
    private mutating func refuses(_ anchor: Checkpoint) -> Bool {
        if key != nil, anchor.signature == nil { notes.append("The anchor is unsigned.") }
        guard let key, anchor.signature != nil, !anchor.isSigned(by: key) else { return false }
        report(.checkpointEdited, anchor.number, "The anchor is not signed by the key.")
        return true
    }

    private mutating func insert(_ anchor: Checkpoint) {
        let place = trusted.firstIndex { $0.number > anchor.number } ?? trusted.endIndex
        trusted.insert(anchor, at: place)
    }
}

import CacheServices

@testable import LoggingServices
import RedisTesting

/// What an attacker does to a trail.
enum TrailAttack: String, CaseIterable {
    case editEntry, editEntryAndHash, editSequence, deleteOne, deleteSeveral, deleteFirst, insertJunk, insertNewWriter, insertCopy
    case insertUsedSequence, swapNeighbours, swapDistant, fork, forkAndGoOn, cutTail, cutTailAndHeads, trim, trimByAppending, rebuildChain
    case secondEntry, backdate, otherID
    case removeCheckpoint, removeNewestCheckpoint, stripSignature, editCheckpoint

    /// The one kind of break that verification must name.
    var kind: AuditBreak.Kind {
        switch self {
        case .editEntry, .editEntryAndHash, .editSequence, .secondEntry: .edited
        case .otherID: .rebuilt
        case .deleteOne, .deleteSeveral: .missing
        case .deleteFirst, .trim, .trimByAppending: .rogueTrim
        case .insertJunk, .insertNewWriter, .insertCopy, .insertUsedSequence, .backdate: .inserted
        case .swapNeighbours, .swapDistant: .reordered
        case .fork, .forkAndGoOn: .forked
        case .cutTail, .cutTailAndHeads: .tailCut
        case .rebuildChain: .rebuilt
        case .removeCheckpoint, .removeNewestCheckpoint: .checkpointMissing
        case .stripSignature: .checkpointUnsigned
        case .editCheckpoint: .checkpointEdited
        }
    }

    /// Where it must be found.
    struct Place {
        var ids: Set<StreamID> = []
        var writer: WriterID?
        var sequence: Int?
        var checkpoint: Int?
    }

    /// Does it at a random place up to the newest checkpoint; `nil` when this place does not allow it.
    func apply(to trail: inout TrailCopy, _ random: inout SeededGenerator) -> Place? {
        let signed = trail.signedCount
        let records = trail.originals
        // The first and the last entry are the ends, for which there are attacks of their own.
        let index = Int.random(in: 1..<(signed - 1), using: &random)
        let record = records[index]
        let here = Place(ids: [trail.events.entries[index].id], writer: record.writer, sequence: record.sequence)
        switch self {
        case .editEntry:
            let place = Int.random(in: 0..<signed, using: &random)
            let record = records[place]
            trail.replace(place, with: record.with(entry: record.forgedEntry))
            return Place(ids: [trail.events.entries[place].id], writer: record.writer, sequence: record.sequence)
        case .editEntryAndHash:
            let place = Int.random(in: 0..<signed, using: &random)
            let record = records[place]
            trail.replace(
                place,
                with: AuditRecord(writer: record.writer, sequence: record.sequence, previous: record.previous, entry: record.forgedEntry))
            return Place(ids: [trail.events.entries[place].id], writer: record.writer, sequence: record.sequence)
        case .editSequence:
            let wrong = record.sequence + Int.random(in: 500..<1000, using: &random)
            trail.replace(index, with: AuditRecord(writer: record.writer, sequence: wrong, previous: record.previous, entry: record.entry))
            return Place(ids: here.ids)
        case .deleteOne:
            trail.events.entries.remove(at: index)
            return Place(ids: [trail.events.entries[index].id], writer: record.writer, sequence: record.sequence)
        case .deleteSeveral:
            let count = min(Int.random(in: 2...6, using: &random), signed - 1 - index)
            trail.events.entries.removeSubrange(index..<(index + count))
            return Place(ids: [trail.events.entries[index].id])
        case .secondEntry:
            let entry = trail.events.entries[index]
            trail.events.entries[index] = StreamEntry(
                id: entry.id, fields: entry.fields + [.init("entry", record.forgedEntry)])
            return Place(ids: [entry.id])
        case .backdate:
            let first = trail.events.entries[0].id
            let id = StreamID(milliseconds: first.milliseconds - UInt64.random(in: 1...1000, using: &random), sequence: 0)
            trail.events.entries.insert(StreamEntry(id: id, fields: AuditRecord.stranger(1).fields), at: 0)
            return Place(ids: [id])
        case .otherID:
            let place = Int.random(in: 0..<(signed - 1), using: &random)
            let entry = trail.events.entries[place]
            let id = StreamID(milliseconds: entry.id.milliseconds, sequence: entry.id.sequence + 1)
            guard id < trail.events.entries[place + 1].id else { return nil }
            trail.events.entries[place] = StreamEntry(id: id, fields: entry.fields)
            return Place(ids: [id])
        case .deleteFirst: return cutFront(1, &trail)
        case .trim: return cutFront(Int.random(in: 1..<signed, using: &random), &trail)
        case .trimByAppending:
            let place = cutFront(Int.random(in: 1..<signed, using: &random), &trail)
            let last = trail.events.entries[trail.events.entries.count - 1].id
            trail.events.entries.append(
                StreamEntry(id: StreamID(milliseconds: last.milliseconds + 1, sequence: 0), fields: AuditRecord.stranger(1).fields))
            return place
        case .insertJunk: return trail.insert([.init("note", "hello")], after: index).map { Place(ids: [$0]) }
        case .insertNewWriter: return trail.insert(AuditRecord.stranger(1).fields, after: index).map { Place(ids: [$0]) }
        case .insertCopy:
            let source = Int.random(in: 0..<signed, using: &random)
            // Of two equal neighbours the second one passes for the copy.
            guard source != index + 1 else { return nil }
            let other = records[source]
            return trail.insert(other.fields, after: index).map { Place(ids: [$0], writer: other.writer, sequence: other.sequence) }
        case .insertUsedSequence:
            let fake = AuditRecord(
                writer: record.writer, sequence: record.sequence, previous: .of(Array("nothing".utf8)), entry: record.forgedEntry)
            return trail.insert(fake.fields, after: index).map { Place(ids: [$0], writer: record.writer, sequence: record.sequence) }
        case .swapNeighbours, .swapDistant:
            let other = self == .swapNeighbours ? index - 1 : Int.random(in: 0..<signed, using: &random)
            guard other != index else { return nil }
            trail.replace(index, with: records[other])
            trail.replace(other, with: record)
            return Place(ids: [trail.events.entries[index].id, trail.events.entries[other].id])
        case .fork, .forkAndGoOn: return fork(index, &trail)
        case .cutTail, .cutTailAndHeads:
            let kept = Int.random(in: 1..<signed, using: &random)
            trail.events.entries.removeSubrange(kept...)
            if self == .cutTailAndHeads { trail.forgetCutHeads() }
            return Place(ids: [trail.events.entries[kept - 1].id])
        case .rebuildChain: return rebuild(index, &trail)
        default: return attackCheckpoints(&trail, &random)
        }
    }

    private func cutFront(_ count: Int, _ trail: inout TrailCopy) -> Place {
        trail.events.entries.removeFirst(count)
        return Place(ids: [trail.events.entries[0].id])
    }

    private func fork(_ index: Int, _ trail: inout TrailCopy) -> Place? {
        let record = trail.originals[index]
        let fork = AuditRecord(
            writer: record.writer, sequence: record.sequence, previous: record.previous, entry: record.forgedEntry)
        guard let id = trail.insert(fork.fields, after: index) else { return nil }
        if self == .forkAndGoOn {
            let next = AuditRecord(writer: fork.writer, sequence: fork.sequence + 1, previous: fork.hash, entry: record.forgedEntry)
            for place in (index + 2)..<trail.signedCount where trail.insert(next.fields, after: place) != nil { break }
        }
        return Place(ids: [id], writer: record.writer, sequence: record.sequence)
    }

    private func rebuild(_ index: Int, _ trail: inout TrailCopy) -> Place? {
        let records = trail.originals
        let start = records[index]
        let chain = records.indices.filter { records[$0].writer == start.writer && records[$0].sequence >= start.sequence }
        // A single event written anew is an edit.
        guard chain.count > 1 else { return nil }
        var previous = start.previous
        for place in chain {
            let forged = AuditRecord(
                writer: start.writer, sequence: records[place].sequence, previous: previous,
                entry: place == index ? start.forgedEntry : records[place].entry)
            trail.replace(place, with: forged)
            previous = forged.hash
        }
        trail.forgetCutHeads()
        return Place(ids: [trail.events.entries[index].id], writer: start.writer, sequence: start.sequence)
    }

    private func attackCheckpoints(_ trail: inout TrailCopy, _ random: inout SeededGenerator) -> Place? {
        let count = trail.checkpoints.entries.count
        let index = self == .removeNewestCheckpoint ? count - 1 : Int.random(in: 0..<count, using: &random)
        guard self != .removeCheckpoint || index < count - 1, let checkpoint = Checkpoint(trail.checkpoints.entries[index]) else {
            return nil
        }
        let id = trail.checkpoints.entries[index].id
        switch self {
        case .stripSignature: trail.checkpoints.entries[index] = StreamEntry(id: id, fields: [.init("body", checkpoint.body)])
        case .editCheckpoint:
            var statement = checkpoint.statement
            statement.length += 1
            trail.checkpoints.entries[index] = StreamEntry(
                id: id,
                fields: [.init("body", JSONWriter.bytes(statement.jsonValue)), .init("signature", checkpoint.signature ?? "")])
        default: trail.checkpoints.entries.remove(at: index)
        }
        return Place(checkpoint: checkpoint.number)
    }
}

extension TrailCopy {
    /// Makes Redis' memory of the writers fit what is left.
    fileprivate mutating func forgetCutHeads() {
        writers = [:]
        for (record, entry) in zip(records, events.entries) {
            writers[record.writer.rawValue] = "\(record.sequence) \(entry.id) \(record.hash)"
        }
    }
}

extension AuditRecord {
    /// Another text of the same length.
    fileprivate var forgedEntry: [UInt8] {
        String(decoding: entry, as: UTF8.self).replacing("event", with: "EVENT").utf8.map { $0 }
    }

    fileprivate func with(entry: [UInt8]) -> AuditRecord {
        AuditRecord(writer: writer, sequence: sequence, previous: previous, hash: hash, entry: entry)
    }

    fileprivate static func stranger(_ sequence: Int) -> AuditRecord {
        TestWriter("stranger").map { $0.next(.system("was never written")) }
            ?? AuditRecord(writer: .make(), sequence: sequence, previous: .zero, entry: [])
    }
}

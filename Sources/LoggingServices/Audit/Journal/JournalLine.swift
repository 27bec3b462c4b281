import CacheServices

/// One line of a journal: a record, or a note that begins with the member `journal`.
enum JournalLine: Sendable, Hashable {
    case record(AuditRecord)
    /// The record of this sequence, which follows, is the event of a signal that is published with it.
    case publish(sequence: Int, JournaledPublish)
    /// The records up to this sequence were answered as spooled: they must reach the stream.
    case promised(Int)
    /// This writer goes on where another one ended: the other's records from a sequence on are here again.
    case continues(WriterID, from: Int)
    /// The records from this sequence on are not to be delivered: another writer has them.
    case withdrawn(from: Int, to: WriterID)

    /// Reads a line; `nil` for a torn or foreign one.
    init?(_ line: some Collection<UInt8>) {
        let note = Array(#"{"journal":"#.utf8)
        guard line.starts(with: note) else {
            guard let record = AuditRecord(line: line) else { return nil }
            self = .record(record)
            return
        }
        guard let value = try? JSONParser.parse(Array(line)), let number = value["seq"]?.double.flatMap(Int.init(exactly:)), number >= 0
        else {
            return nil
        }
        switch value["journal"]?.text {
        case "promised": self = .promised(number)
        case "withdrawn":
            guard let writer = value["writer"]?.text.flatMap(WriterID.init) else { return nil }
            self = .withdrawn(from: number, to: writer)
        case "continues":
            guard let writer = value["writer"]?.text.flatMap(WriterID.init) else { return nil }
            self = .continues(writer, from: number)
        case "publish":
            guard let target = value["target"]?.text.flatMap(PublishTarget.init), let signal = value["signal"],
                let read = try? Signal(stored: JSONWriter.bytes(signal))
            else { return nil }
            self = .publish(sequence: number, JournaledPublish(signal: read, target: target))
        default: return nil
        }
    }

    /// Appends the line with its line feed.
    func append(to bytes: inout [UInt8]) {
        switch self {
        case .record(let record): record.appendLine(to: &bytes, isOurs: true)
        case .promised(let sequence): Self.note("promised", sequence, [], &bytes)
        case .withdrawn(let sequence, let writer):
            Self.note("withdrawn", sequence, [.init("writer", .string(writer.rawValue))], &bytes)
        case .continues(let writer, let sequence): Self.note("continues", sequence, [.init("writer", .string(writer.rawValue))], &bytes)
        case .publish(let sequence, let publish):
            let members = [
                JSONValue.Member("signal", publish.signal.jsonValue), .init("target", .string(publish.target.rawValue)),
            ]
            Self.note("publish", sequence, members, &bytes)
        }
        bytes.append(0x0a)
    }

    private static func note(_ word: String, _ sequence: Int, _ more: [JSONValue.Member], _ bytes: inout [UInt8]) {
        JSONWriter.write(.object([.init("journal", .string(word)), .init("seq", .integer(sequence))] + more), into: &bytes)
    }
}

/// The signal that is published in one step with its event.
struct JournaledPublish: Sendable, Hashable {
    let signal: Signal
    let target: PublishTarget
}

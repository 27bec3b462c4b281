import CacheServices
import LoggingServices

extension AuditReceipt {
    /// What a machine needs to find the event again; `repeat` only where an earlier request had recorded it.
    var jsonValue: JSONValue {
        let members: [JSONValue.Member] = [
            .init("audit_id", .string(entry.auditID)), .init("durability", .string(durability.rawValue)),
            .init("sequence", .integer(sequence)), .init("stream_id", streamID.map { .string("\($0)") } ?? .null),
            .init("writer", .string(writer.rawValue)),
        ]
        return .object(members + (isRepeat ? [.init("repeat", true)] : []))
    }

    /// The same as a line.
    func line(_ style: TextStyle) -> String {
        let place = streamID.map { "at \($0)" } ?? (durability == .spooled ? "in the journal" : "trimmed since")
        let verb = isRepeat ? "recorded before" : durability == .spooled ? "spooled" : "recorded"
        let tone: TextStyle.Tone = isRepeat || durability == .spooled ? .caution : .good
        return "\(style.apply(tone, to: verb)) \(entry.auditID) \(place), \(durability.rawValue), \(sequence) of \(writer)\n"
    }
}

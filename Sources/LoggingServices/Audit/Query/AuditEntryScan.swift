import Foundation

/// Where the members of a stored entry are, found without building their values: filters and exports need no more.
///
/// Only the form that this program writes is taken: one object without white space between its members, their names plain, sorted and each
/// there once, valid UTF-8, no raw control characters. For anything else there is the parser.
struct AuditEntryScan {
    /// The members in the order in which they are stored.
    enum Member: Int, CaseIterable {
        case action, afterState, auditID, beforeState, eventType, ipAddress, metadata, symbol, timestamp, userID

        fileprivate var name: StaticString {
            switch self {
            case .action: "action"
            case .afterState: "after_state"
            case .auditID: "audit_id"
            case .beforeState: "before_state"
            case .eventType: "event_type"
            case .ipAddress: "ip_address"
            case .metadata: "metadata"
            case .symbol: "symbol"
            case .timestamp: "timestamp"
            case .userID: "user_id"
            }
        }
    }

    private struct Spans {
        var action = 0..<0
        var afterState = 0..<0
        var auditID = 0..<0
        var beforeState = 0..<0
        var eventType = 0..<0
        var ipAddress = 0..<0
        var metadata = 0..<0
        var symbol = 0..<0
        var timestamp = 0..<0
        var userID = 0..<0
    }

    private var spans = Spans()

    /// The place of a member's value, quotes included; `nil` when there is none.
    subscript(member: Member) -> Range<Int>? {
        let span =
            switch member {
            case .action: spans.action
            case .afterState: spans.afterState
            case .auditID: spans.auditID
            case .beforeState: spans.beforeState
            case .eventType: spans.eventType
            case .ipAddress: spans.ipAddress
            case .metadata: spans.metadata
            case .symbol: spans.symbol
            case .timestamp: spans.timestamp
            case .userID: spans.userID
            }
        return span.isEmpty ? nil : span
    }

    /// The text of a member that is a string without escapes.
    func plainText(_ member: Member, in bytes: UnsafeBufferPointer<UInt8>) -> String? {
        guard let span = self[member], span.count >= 2, bytes[span.lowerBound] == UInt8(ascii: "\"") else { return nil }
        let text = UnsafeBufferPointer(rebasing: bytes[(span.lowerBound + 1)..<(span.upperBound - 1)])
        return text.contains(UInt8(ascii: "\\")) ? nil : String(decoding: text, as: UTF8.self)
    }

    /// - Returns: `nil` for bytes of another form, which may still be an entry.
    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard bytes.first == UInt8(ascii: "{"), bytes.last == UInt8(ascii: "}"), Self.isPrintableText(bytes) else { return nil }
        var place = 1
        var next = 0
        while place < bytes.count {
            guard let name = Self.string(in: bytes, at: place), name.upperBound < bytes.count, bytes[name.upperBound] == UInt8(ascii: ":"),
                let value = Self.value(in: bytes, at: name.upperBound + 1), value.upperBound < bytes.count
            else { return nil }
            if let member = Self.member(named: (name.lowerBound + 1)..<(name.upperBound - 1), in: bytes, from: next) {
                // Sorted names are there once.
                guard member.rawValue >= next else { return nil }
                next = member.rawValue + 1
                set(member, value)
            }
            place = value.upperBound + 1
            if bytes[value.upperBound] == UInt8(ascii: "}") { break }
            guard bytes[value.upperBound] == UInt8(ascii: ",") else { return nil }
        }
        guard place == bytes.count else { return nil }
    }

    private mutating func set(_ member: Member, _ span: Range<Int>) {
        switch member {
        case .action: spans.action = span
        case .afterState: spans.afterState = span
        case .auditID: spans.auditID = span
        case .beforeState: spans.beforeState = span
        case .eventType: spans.eventType = span
        case .ipAddress: spans.ipAddress = span
        case .metadata: spans.metadata = span
        case .symbol: spans.symbol = span
        case .timestamp: spans.timestamp = span
        case .userID: spans.userID = span
        }
    }

    /// - Parameter first: names before this one are not expected any more.
    private static func member(named span: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>, from first: Int) -> Member? {
        guard let base = bytes.baseAddress else { return nil }
        for place in first..<(first + names.count) {
            let name = names[place % names.count]
            if name.utf8CodeUnitCount == span.count, memcmp(name.utf8Start, base + span.lowerBound, span.count) == 0 {
                return Member(rawValue: place % names.count)
            }
        }
        return nil
    }

    private static let names = Member.allCases.map(\.name)

    /// No raw control characters, and UTF-8 where it is not ASCII. Eight bytes at a time.
    private static func isPrintableText(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let raw = UnsafeRawBufferPointer(bytes)
        let high: UInt64 = 0x8080_8080_8080_8080
        var all: UInt64 = 0
        var control: UInt64 = 0
        var place = 0
        while place + 8 <= raw.count {
            let word = raw.loadUnaligned(fromByteOffset: place, as: UInt64.self)
            all |= word
            // The high bit of a byte is set where it was below 0x20, and perhaps behind such a byte.
            control |= (word &- 0x2020_2020_2020_2020) & ~word
            place += 8
        }
        while place < raw.count {
            all |= UInt64(raw[place])
            if raw[place] < 0x20 { return false }
            place += 1
        }
        guard control & high == 0 else { return false }
        return all & high == 0 || String(validating: bytes, as: UTF8.self) != nil
    }

    /// The string that begins here, its quotes included.
    private static func string(in bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> Range<Int>? {
        guard start < bytes.count, bytes[start] == UInt8(ascii: "\""), let base = bytes.baseAddress else { return nil }
        var place = start + 1
        while place < bytes.count {
            switch base[place] {
            case UInt8(ascii: "\""): return start..<(place + 1)
            case UInt8(ascii: "\\"): place += 2
            default: place += 1
            }
        }
        return nil
    }

    /// The value that begins here: a string, or everything to where its brackets are closed, or to the next comma or bracket.
    private static func value(in bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> Range<Int>? {
        guard start < bytes.count else { return nil }
        if bytes[start] == UInt8(ascii: "\"") { return string(in: bytes, at: start) }
        var place = start
        var depth = 0
        while place < bytes.count {
            switch bytes[place] {
            case UInt8(ascii: "\""):
                guard depth > 0, let text = string(in: bytes, at: place) else { return nil }
                place = text.upperBound
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                guard depth > 0 else { return place > start ? start..<place : nil }
                depth -= 1
                if depth == 0 { return start..<(place + 1) }
            case UInt8(ascii: ","): if depth == 0 { return place > start ? start..<place : nil }
            default: break
            }
            place += 1
        }
        return nil
    }
}

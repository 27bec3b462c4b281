import CacheServices

/// A date or time as price files write it.
///
/// | form | means |
/// |---|---|
/// | `2025-01-15T10:30:00.000Z`, any offset | that instant |
/// | `2025-01-15T10:30[:00[.000]]`, also with a space for the `T` | that time in Bogotá |
/// | `2025-01-15` | midnight in Bogotá |
/// | `15/01/2025`, `15-01-2025` (day first), also with ` 10:30[:00]` | that day or time in Bogotá |
///
/// Day and month of the day-first forms may lack their leading zero. Digits are ASCII; surrounding spaces do not matter.
enum DateText {
    /// Reads a date or time.
    ///
    /// - Throws: ``DateTextError`` if the form is unknown or the date does not exist, such as 31/02/2025.
    static func instant(_ text: String) throws(DateTextError) -> Timestamp {
        guard text.utf8.count <= 64 else { throw .malformed }
        var rest = Array(text.utf8)[...]
        while rest.first == .space { rest.removeFirst() }
        while rest.last == .space { rest.removeLast() }
        let trimmed = rest

        let isDayFirst = !rest.prefix(4).allSatisfy(\.isDigit)
        guard let first = number(&rest, digits: isDayFirst ? 1...2 : 4...4),
            let separator = rest.popFirst(), separator == .hyphen || separator == .slash && isDayFirst,
            let month = number(&rest, digits: isDayFirst ? 1...2 : 2...2), rest.popFirst() == separator,
            let last = number(&rest, digits: isDayFirst ? 4...4 : 2...2)
        else { throw .malformed }
        let (year, day) = isDayFirst ? (last, first) : (first, last)

        guard let mark = rest.popFirst() else {
            return try existing(BogotaTime.instant(year: year, month: month, day: day))
        }
        guard mark == .space || !isDayFirst && (mark == .capitalT || mark == .smallT) else { throw .malformed }
        if !isDayFirst, rest.contains(where: { [.capitalZ, .smallZ, .plus, .hyphen].contains($0) }) {
            let normalized = trimmed.prefix(10) + [.capitalT] + rest
            guard let instant = Timestamp(iso8601: String(decoding: normalized, as: UTF8.self).uppercased()) else {
                throw BogotaTime.instant(year: year, month: month, day: day) == nil ? .impossible : .malformed
            }
            return instant
        }
        let time = try timeOfDay(&rest)
        guard rest.isEmpty else { throw .malformed }
        return try existing(
            BogotaTime.instant(
                year: year, month: month, day: day,
                hour: time.hour, minute: time.minute, second: time.second, millisecond: time.millisecond))
    }

    private static func existing(_ instant: Timestamp?) throws(DateTextError) -> Timestamp {
        guard let instant else { throw .impossible }
        return instant
    }

    /// Reads `HH:MM[:SS[.fraction]]`. What is finer than a millisecond is cut off.
    private static func timeOfDay(
        _ rest: inout ArraySlice<UInt8>
    ) throws(DateTextError) -> (hour: Int, minute: Int, second: Int, millisecond: Int) {
        guard let hour = number(&rest, digits: 1...2), rest.popFirst() == .colon, let minute = number(&rest, digits: 2...2)
        else { throw .malformed }
        guard rest.first == .colon else { return (hour, minute, 0, 0) }
        rest.removeFirst()
        guard let second = number(&rest, digits: 2...2) else { throw .malformed }
        guard rest.first == .point else { return (hour, minute, second, 0) }
        rest.removeFirst()
        let fraction = rest.prefix(while: \.isDigit)
        guard (1...9).contains(fraction.count) else { throw .malformed }
        rest = rest.dropFirst(fraction.count)
        var leading = (Array(fraction) + [.zero, .zero])[..<3]
        return (hour, minute, second, number(&leading, digits: 3...3) ?? 0)
    }

    /// Takes all leading digits off, or nothing if their number is not one of `digits`.
    private static func number(_ rest: inout ArraySlice<UInt8>, digits: ClosedRange<Int>) -> Int? {
        let run = rest.prefix { $0.isDigit }
        guard digits.contains(run.count), run.count <= 4 else { return nil }
        rest = rest.dropFirst(run.count)
        return run.reduce(0) { $0 * 10 + Int($1 - .zero) }
    }
}

extension UInt8 {
    fileprivate static let zero = UInt8(ascii: "0")
    fileprivate static let space = UInt8(ascii: " ")
    fileprivate static let hyphen = UInt8(ascii: "-")
    fileprivate static let plus = UInt8(ascii: "+")
    fileprivate static let slash = UInt8(ascii: "/")
    fileprivate static let colon = UInt8(ascii: ":")
    fileprivate static let point = UInt8(ascii: ".")
    fileprivate static let capitalT = UInt8(ascii: "T")
    fileprivate static let smallT = UInt8(ascii: "t")
    fileprivate static let capitalZ = UInt8(ascii: "Z")
    fileprivate static let smallZ = UInt8(ascii: "z")
    fileprivate var isDigit: Bool { (UInt8.zero...UInt8(ascii: "9")).contains(self) }
}

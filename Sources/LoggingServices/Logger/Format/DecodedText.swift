/// A text as whoever decodes it will read it: `%5F`, `%255F`, `\u005f` and `\/` are the one character that they mean.
///
/// Only ASCII is decoded, and quotes that have nothing but a backslash before them stay as they are: what is looked for are names,
/// separators and addresses.
struct DecodedText {
    private(set) var units: [UInt8] = []
    /// Where each unit begins in the text, and where the last one ends.
    private(set) var starts: [Int] = []

    /// nil when the text has nothing to decode.
    init?(_ text: UnsafeBufferPointer<UInt8>) {
        guard let first = text.firstIndex(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "\\") }) else { return nil }
        units.reserveCapacity(text.count)
        starts.reserveCapacity(text.count + 1)
        units.append(contentsOf: text[..<first])
        starts.append(contentsOf: 0..<first)
        var (index, isDecoded) = (first, false)
        while index < text.count {
            switch text[index] {
            case UInt8(ascii: "%"):
                if let (unit, length) = Self.percent(text, index) {
                    isDecoded = true
                    append(unit, at: index)
                    index += length
                    continue
                }
            case UInt8(ascii: "\\"):
                var end = index
                while end < text.count, text[end] == UInt8(ascii: "\\") { end += 1 }
                if let (unit, length) = Self.escaped(text, end) {
                    isDecoded = true
                    append(unit, at: index)
                    index = end + length
                } else {
                    // All of them at once: a run of backslashes is looked at only once.
                    for place in index..<end { append(UInt8(ascii: "\\"), at: place) }
                    index = end
                }
                continue
            default:
                break
            }
            append(text[index], at: index)
            index += 1
        }
        guard isDecoded else { return nil }
        starts.append(text.count)
    }

    private mutating func append(_ unit: UInt8, at index: Int) {
        units.append(unit)
        starts.append(index)
    }

    /// `%5F`, `%255F`, `%25255F` …
    private static func percent(_ text: UnsafeBufferPointer<UInt8>, _ index: Int) -> (unit: UInt8, length: Int)? {
        var place = index + 1
        while place + 3 < text.count, text[place] == UInt8(ascii: "2"), text[place + 1] == UInt8(ascii: "5"),
            digit(text[place + 2]) != nil, digit(text[place + 3]) != nil
        {
            place += 2
        }
        guard place + 1 < text.count, let high = digit(text[place]), let low = digit(text[place + 1]), high < 8 else { return nil }
        return (high << 4 | low, place + 2 - index)
    }

    /// What stands behind backslashes: `/` or `u005f`.
    private static func escaped(_ text: UnsafeBufferPointer<UInt8>, _ index: Int) -> (unit: UInt8, length: Int)? {
        guard index < text.count else { return nil }
        if text[index] == UInt8(ascii: "/") { return (text[index], 1) }
        guard text[index] == UInt8(ascii: "u"), index + 4 < text.count, text[index + 1] == UInt8(ascii: "0"),
            text[index + 2] == UInt8(ascii: "0"), let high = digit(text[index + 3]), let low = digit(text[index + 4]), high < 8
        else { return nil }
        return (high << 4 | low, 5)
    }

    private static func digit(_ unit: UInt8) -> UInt8? {
        switch unit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): unit - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): unit - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): unit - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}

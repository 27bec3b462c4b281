/// Writes one text as a field of a CSV file.
enum CSVCell {
    private static let quote = UInt8(ascii: "\"")

    /// The most bytes that a text of so many takes: every byte a quote that is doubled, or a separator with a guard, the quotes around, the
    /// guard in front.
    static func room(for count: Int) -> Int { count * 2 + 3 }

    /// Writes a text in quotes, guarded by a leading `'` where a spreadsheet might take it for a formula, and by one behind every separator of
    /// other programs behind which one might begin.
    ///
    /// - Parameters:
    ///   - isEscaped: the text is the inside of a JSON string.
    ///   - target: has the room that ``room(for:)`` says.
    /// - Returns: how many bytes were written; `nil` when the text has an escape that only a parser undoes.
    static func write(_ text: UnsafeBufferPointer<UInt8>, isEscaped: Bool, to target: UnsafeMutablePointer<UInt8>) -> Int? {
        target[0] = quote
        var count = 1
        var place = 0
        var isDivisible = false
        while place < text.count {
            var byte = text[place]
            place += 1
            if isEscaped, byte == UInt8(ascii: "\\") {
                guard let (plain, length) = unescaped(text, at: place) else { return nil }
                byte = plain
                place += length
            }
            if FormulaGuard.isSeparator(byte) { isDivisible = true }
            if byte == quote {
                target[count] = quote
                count += 1
            }
            target[count] = byte
            count += 1
        }
        count += addGuards(target + 1, count - 1, isDivisible: isDivisible)
        target[count] = quote
        return count + 1
    }

    /// Puts the guards into a text; answers how many.
    private static func addGuards(_ target: UnsafeMutablePointer<UInt8>, _ count: Int, isDivisible: Bool) -> Int {
        let text = UnsafeBufferPointer(start: target, count: count)
        var places = FormulaGuard.isNeeded(text) ? [0] : []
        if isDivisible {
            for place in 0..<count where FormulaGuard.isSeparator(text[place]) {
                if FormulaGuard.isNeededBehindSeparator(UnsafeBufferPointer(rebasing: text[(place + 1)...])) { places.append(place + 1) }
            }
        }
        // From the end on, so that every byte moves once.
        var end = count
        for (number, place) in places.enumerated().reversed() {
            (target + place + number + 1).update(from: target + place, count: end - place)
            target[place + number] = UInt8(ascii: "'")
            end = place
        }
        return places.count
    }

    /// The byte of an escape behind its backslash, and how much of the text it takes; `nil` for those of characters beyond ASCII.
    private static func unescaped(_ text: UnsafeBufferPointer<UInt8>, at place: Int) -> (byte: UInt8, length: Int)? {
        guard place < text.count else { return nil }
        switch text[place] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return (text[place], 1)
        case UInt8(ascii: "b"): return (0x08, 1)
        case UInt8(ascii: "f"): return (0x0c, 1)
        case UInt8(ascii: "n"): return (0x0a, 1)
        case UInt8(ascii: "r"): return (0x0d, 1)
        case UInt8(ascii: "t"): return (0x09, 1)
        case UInt8(ascii: "u"):
            guard place + 4 < text.count, text[place + 1] == 0x30, text[place + 2] == 0x30, let high = digit(text[place + 3]), high < 8,
                let low = digit(text[place + 4])
            else { return nil }
            return (high << 4 | low, 5)
        default: return nil
        }
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x61...0x66: byte - 0x61 + 10
        case 0x41...0x46: byte - 0x41 + 10
        default: nil
        }
    }
}

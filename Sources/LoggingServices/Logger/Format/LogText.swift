/// Texts on their way into a line: secrets are replaced, what could end the line or deceive a terminal is escaped, length is bounded.
///
/// Escaped are control characters (C0, DEL, C1), line breaks of every kind (U+0085, U+2028 and U+2029 among them), and what turns the
/// direction of writing round or is not seen (U+061C, U+200E, U+200F, U+202A–U+202E, U+2066–U+2069, U+FEFF).
enum LogText {
    /// Where a text stands.
    enum Style {
        /// Within the quotes of JSON: quote and backslash are escaped too.
        case quoted
        /// In a pretty line.
        case bare
    }

    /// Bytes of UTF-8 that are kept of one text.
    static let limit = 8 * 1024

    /// Appends a text without quotes.
    static func append(_ text: String, _ style: Style, to bytes: inout [UInt8]) {
        var text = text
        text.withUTF8 { append($0, style, to: &bytes) }
    }

    private static func append(_ units: UnsafeBufferPointer<UInt8>, _ style: Style, to bytes: inout [UInt8]) {
        // A secret is found before the text is cut: half of an address would not show where its password ends.
        let window = UnsafeBufferPointer(rebasing: units.prefix(whole(units, upTo: 2 * limit)))
        let found = Findings(window)
        if found.mayHoldSecret, let redacted = SecretScanner.redacted(window, isCut: window.count < units.count) {
            redacted.withUnsafeBufferPointer { appendCut($0, lost: units.count - window.count, isPlain: false, style, to: &bytes) }
        } else {
            appendCut(window, lost: units.count - window.count, isPlain: found.isPlain, style, to: &bytes)
        }
    }

    private static func appendCut(
        _ units: UnsafeBufferPointer<UInt8>, lost: Int, isPlain: Bool, _ style: Style, to bytes: inout [UInt8]
    ) {
        let count = whole(units, upTo: limit)
        let kept = UnsafeBufferPointer(rebasing: units.prefix(count))
        if isPlain { bytes.append(contentsOf: kept) } else { escape(kept, style, into: &bytes) }
        let cut = lost + units.count - count
        if cut > 0 { bytes.append(contentsOf: "… (\(cut) bytes cut)".utf8) }
    }

    /// How many of the first bytes end with a whole scalar.
    private static func whole(_ units: UnsafeBufferPointer<UInt8>, upTo limit: Int) -> Int {
        guard units.count > limit else { return units.count }
        var count = limit
        while count > 0, units[count] & 0xC0 == 0x80 { count -= 1 }
        return count
    }

    /// What one quick pass over the bytes says.
    private struct Findings {
        /// Nothing needs an escape, in either style.
        let isPlain: Bool
        /// There is a separator before which the name of a secret, or a scheme, may stand; or `Bearer`, `AUTH` or `--` without one.
        let mayHoldSecret: Bool

        init(_ units: UnsafeBufferPointer<UInt8>) {
            // Without branches, so that the compiler makes vector instructions of it.
            var special: UInt8 = 0
            var separator: UInt8 = 0
            var pair: UInt8 = 0
            for unit in units {
                special |= (unit < 0x20 ? 1 : 0) | (unit >= 0x7F ? 1 : 0) | (unit == 0x22 ? 1 : 0) | (unit == 0x5C ? 1 : 0)
                separator |= (unit == 0x3A ? 1 : 0) | (unit == 0x3D ? 1 : 0) | (unit == 0x25 ? 1 : 0) | (unit == 0x5C ? 1 : 0)
                separator |= (unit == 0x28 ? 1 : 0) | (unit == 0x3E ? 1 : 0)
                pair |= (unit == 0x2C ? 1 : 0) | (unit == 0x22 ? 2 : 0) | (unit == 0x27 ? 2 : 0)
            }
            if separator == 0, pair < 3, units.count > 5 {
                for index in 2..<units.count {
                    let (first, second, third) = (units[index - 2], units[index - 1], units[index])
                    let isEar = first | 0x20 == UInt8(ascii: "e") && second | 0x20 == UInt8(ascii: "a") && third | 0x20 == UInt8(ascii: "r")
                    let isLogin = first == UInt8(ascii: "A") && second == UInt8(ascii: "U") && third == UInt8(ascii: "T")
                    let isOption = first == UInt8(ascii: "-") && second == UInt8(ascii: "-")
                    separator |= (isEar ? 1 : 0) | (isLogin ? 1 : 0) | (isOption ? 1 : 0)
                }
            }
            isPlain = special == 0
            mayHoldSecret = separator != 0 || pair == 3
        }
    }

    private static func escape(_ units: UnsafeBufferPointer<UInt8>, _ style: Style, into bytes: inout [UInt8]) {
        var plain = 0
        var index = 0
        while index < units.count {
            guard let (scalar, length) = unfit(units, at: index, style) else {
                index += 1
                continue
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: units[plain..<index]))
            append(escaped: scalar, to: &bytes)
            index += length
            plain = index
        }
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: units[plain...]))
    }

    /// The scalar that begins at an index with its bytes, where it must not stand in a line as it is.
    private static func unfit(_ units: UnsafeBufferPointer<UInt8>, at index: Int, _ style: Style) -> (scalar: UInt16, length: Int)? {
        let unit = units[index]
        func next(_ offset: Int) -> UInt8 { index + offset < units.count ? units[index + offset] : 0 }
        switch unit {
        case 0x00..<0x20, 0x7F:
            return (UInt16(unit), 1)
        case 0x22, 0x5C:
            return style == .quoted ? (UInt16(unit), 1) : nil
        case 0xC2 where (0x80...0x9F).contains(next(1)):
            return (UInt16(next(1)), 2)
        case 0xD8 where next(1) == 0x9C:
            return (0x061C, 2)
        case 0xE2 where next(1) == 0x80 && (0x8E...0x8F).contains(next(2)), 0xE2 where next(1) == 0x80 && (0xA8...0xAE).contains(next(2)):
            return (0x2000 | UInt16(next(2) & 0x3F), 3)
        case 0xE2 where next(1) == 0x81 && (0xA6...0xA9).contains(next(2)):
            return (0x2040 | UInt16(next(2) & 0x3F), 3)
        case 0xEF where next(1) == 0xBB && next(2) == 0xBF:
            return (0xFEFF, 3)
        default:
            return nil
        }
    }

    private static func append(escaped scalar: UInt16, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\\"))
        switch scalar {
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x22, 0x5C: bytes.append(UInt8(truncatingIfNeeded: scalar))
        default:
            bytes.append(UInt8(ascii: "u"))
            for shift in [12, 8, 4, 0] {
                let digit = UInt8(truncatingIfNeeded: scalar >> UInt16(shift)) & 0x0F
                bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
            }
        }
    }
}

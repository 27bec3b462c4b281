import CacheServices

/// Names of entries: UUIDs of version 7, which sort by time (RFC 9562).
enum AuditID {
    static func make(at time: Timestamp = .now) -> String {
        let milliseconds = UInt64(clamping: time.milliseconds)
        let high = milliseconds << 16 | 0x7000 | UInt64.random(in: 0...0xfff)
        let low = UInt64.random(in: 0...UInt64.max) >> 2 | 1 << 63
        let digits = hexadecimal(high) + hexadecimal(low)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index == 8 || index == 12 || index == 16 || index == 20 { text.append("-") }
            text.append(digit)
        }
        return text
    }

    /// When a name was made; `nil` for one of another kind.
    static func time(of name: String) -> Timestamp? {
        let digits = name.utf8.filter { $0 != UInt8(ascii: "-") }
        guard digits.count == 32, digits[12] == UInt8(ascii: "7"),
            let time = Int64(String(decoding: digits.prefix(12), as: UTF8.self), radix: 16)
        else { return nil }
        return Timestamp(milliseconds: time)
    }

    private static func hexadecimal(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

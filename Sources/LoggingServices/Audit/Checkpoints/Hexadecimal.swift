/// Bytes as lowercase hexadecimal digits.
enum Hexadecimal {
    private static let digits = Array("0123456789abcdef".utf8)

    static func text(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 0x0f)]] }, as: UTF8.self)
    }

    /// `nil` for anything but pairs of lowercase digits.
    static func bytes(_ text: String) -> [UInt8]? {
        let values = text.utf8.map(value)
        guard values.count.isMultiple(of: 2), !values.contains(nil) else { return nil }
        return stride(from: 0, to: values.count, by: 2).map { (values[$0] ?? 0) << 4 | (values[$0 + 1] ?? 0) }
    }

    /// The numbers that stand in groups of 16 digits; `nil` for anything else.
    static func words(_ text: String) -> [UInt64]? {
        var words: [UInt64] = []
        words.reserveCapacity(text.utf8.count / 16)
        var (word, place): (UInt64, Int) = (0, 0)
        for digit in text.utf8 {
            guard let value = value(digit) else { return nil }
            word = word << 4 | UInt64(value)
            place += 1
            if place == 16 {
                words.append(word)
                (word, place) = (0, 0)
            }
        }
        return place == 0 ? words : nil
    }

    static func text(words: [UInt64]) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(words.count * 16)
        for word in words {
            for shift in stride(from: UInt64(60), through: 0, by: -4) { bytes.append(digits[Int(word >> shift & 0x0f)]) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x61...0x66: digit - 0x61 + 10
        default: nil
        }
    }
}

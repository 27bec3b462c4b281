extension Timestamp {
    static let sentence = "must be a time in ISO 8601 like 2025-01-15T10:30:00.000Z"

    /// Reads `YYYY-MM-DDTHH:MM:SS[.f…](Z|±HH:MM)`; nil when the text is written otherwise or there is no such time.
    ///
    /// Offsets are normalised, digits behind the millisecond are cut off, `t` and `z` are accepted. Only ASCII digits count, days that
    /// the month does not have, 24:00 and second 60 are refused, and the instant must be in the years 1 to 9999 in UTC (RFC 3339).
    public init?(iso8601 text: String) {
        var text = text
        let milliseconds = text.withUTF8 { bytes -> Int64? in
            var reader = ISO8601Reader(bytes: bytes)
            return reader.milliseconds()
        }
        guard let milliseconds, Self.milliseconds.contains(milliseconds) else { return nil }
        self.init(milliseconds: milliseconds)
    }

    /// The instant in UTC with milliseconds, always 24 characters: `2025-01-15T10:30:00.000Z`.
    public var iso8601: String {
        String(unsafeUninitializedCapacity: 24) { buffer in
            let day = Int((milliseconds - (milliseconds % 86_400_000 + 86_400_000) % 86_400_000) / 86_400_000)
            let time = Int(milliseconds - Int64(day) * 86_400_000)
            let date = CivilDate(daysSince1970: day)
            Self.write(date.year, digits: 4, at: 0, of: buffer)
            Self.write(date.month, digits: 2, at: 5, of: buffer)
            Self.write(date.day, digits: 2, at: 8, of: buffer)
            Self.write(time / 3_600_000, digits: 2, at: 11, of: buffer)
            Self.write(time / 60_000 % 60, digits: 2, at: 14, of: buffer)
            Self.write(time / 1000 % 60, digits: 2, at: 17, of: buffer)
            Self.write(time % 1000, digits: 3, at: 20, of: buffer)
            buffer[4] = UInt8(ascii: "-")
            buffer[7] = UInt8(ascii: "-")
            buffer[10] = UInt8(ascii: "T")
            buffer[13] = UInt8(ascii: ":")
            buffer[16] = UInt8(ascii: ":")
            buffer[19] = UInt8(ascii: ".")
            buffer[23] = UInt8(ascii: "Z")
            return 24
        }
    }

    private static func write(_ value: Int, digits: Int, at start: Int, of buffer: UnsafeMutableBufferPointer<UInt8>) {
        var rest = value
        var index = start + digits
        while index > start {
            index -= 1
            buffer[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
    }
}

extension Timestamp: CustomStringConvertible {
    /// The instant as `iso8601` writes it.
    public var description: String { iso8601 }
}

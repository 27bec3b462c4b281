/// Reads JSON exactly as RFC 8259 defines it, and nothing else: no comments, no trailing commas, no byte order mark, no `NaN`.
///
/// Refused besides what the grammar refuses: invalid UTF-8, half surrogate pairs, numbers beyond the range of `Double`, repeated names
/// (compared byte for byte after unescaping) and more nesting than allowed. Numbers too small for a `Double` become zero.
public enum JSONParser {
    /// What happens when an object has a name twice.
    public enum DuplicateKeys: Sendable {
        /// The text is refused: for everything that comes over HTTP or the command line.
        case refused
        /// The last one counts, as other languages read it: for what is already in Redis.
        case lastWins
    }

    /// The levels of arrays and objects that are read unless a caller says otherwise.
    public static let defaultMaximumDepth = 32

    /// The levels that are read at most, whatever a caller says, so that no text exhausts the stack.
    public static let greatestMaximumDepth = 256

    /// Reads one JSON value from a whole text of UTF-8 bytes.
    public static func parse(
        _ bytes: [UInt8],
        duplicateKeys: DuplicateKeys = .refused,
        maximumDepth: Int = defaultMaximumDepth
    ) throws(JSONParseError) -> JSONValue {
        try bytes.withUnsafeBufferPointer { buffer throws(JSONParseError) in
            try parse(buffer, duplicateKeys: duplicateKeys, maximumDepth: maximumDepth)
        }
    }

    /// Reads one JSON value from a whole text of UTF-8 bytes that stays in place meanwhile.
    public static func parse(
        _ bytes: UnsafeRawBufferPointer,
        duplicateKeys: DuplicateKeys = .refused,
        maximumDepth: Int = defaultMaximumDepth
    ) throws(JSONParseError) -> JSONValue {
        try bytes.withMemoryRebound(to: UInt8.self) { buffer throws(JSONParseError) in
            try parse(buffer, duplicateKeys: duplicateKeys, maximumDepth: maximumDepth)
        }
    }

    private static func parse(
        _ buffer: UnsafeBufferPointer<UInt8>,
        duplicateKeys: DuplicateKeys,
        maximumDepth: Int
    ) throws(JSONParseError) -> JSONValue {
        guard let base = buffer.baseAddress else { throw JSONParseError(.empty, at: 0) }
        var scanner = JSONScanner(base: base, count: buffer.count, duplicateKeys: duplicateKeys)
        return try scanner.document(maximumDepth: min(maximumDepth, greatestMaximumDepth))
    }
}

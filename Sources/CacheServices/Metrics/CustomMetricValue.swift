/// What a custom metric holds: a finite number, or a text of at most 4,096 bytes in UTF-8.
public enum CustomMetricValue: Sendable, Hashable {
    /// A finite number.
    case number(JSONNumber)
    /// A text; from outside it comes through `init(_:)` or `init(strict:)`, which check its length.
    case text(String)

    /// The most bytes of a text in UTF-8.
    public static let maximumTextBytes = 4096

    /// Checks a number; throws when it is not finite.
    public init(_ value: Double) throws(ValidationError) {
        guard let number = JSONNumber(value) else { throw ValidationError(field: "value", code: .outOfRange, sentence: Self.sentence) }
        self = .number(number)
    }

    /// Checks a text; throws when it is too long.
    public init(_ text: String) throws(ValidationError) {
        guard text.utf8.count <= Self.maximumTextBytes else {
            throw ValidationError(field: "value", code: .outOfRange, sentence: Self.sentence)
        }
        self = .text(text)
    }

    /// Reads a value from outside; throws `JSONParseError` or `ValidationError`.
    public init(strict json: [UInt8]) throws {
        try self.init(strict: try JSONParser.parse(json))
    }

    /// Reads a value from outside; throws when it is neither a number nor a text of allowed length.
    public init(strict value: JSONValue) throws(ValidationError) {
        switch value {
        case .number(let number): self = .number(number)
        case .string(let text): try self.init(text)
        default: throw ValidationError(field: "value", code: .wrongType, sentence: Self.sentence)
        }
    }

    /// Reads a value that is in Redis, by the same rules; throws `JSONParseError` or `ValidationError`.
    public init(stored bytes: [UInt8]) throws {
        try self.init(strict: bytes)
    }

    /// The value as it goes over the wire.
    public var jsonValue: JSONValue {
        switch self {
        case .number(let number): .number(number)
        case .text(let text): .string(text)
        }
    }

    /// The bytes as they are stored: a JSON number or string.
    public var json: [UInt8] { JSONWriter.bytes(jsonValue) }

    private static let sentence = "must be a finite number or a text of at most \(maximumTextBytes) bytes"
}

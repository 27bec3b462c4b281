/// The name of a custom metric: 1 to 64 ASCII letters, digits, `._:/-` and spaces, valid by construction.
public struct MetricName: Sendable, Hashable {
    static let sentence = "must be 1 to 64 ASCII letters, digits, spaces and ._:/-"

    /// The name's text, 1 to 64 ASCII characters.
    public let rawValue: String

    /// Checks a text from outside; throws when it is no name.
    public init(_ text: String) throws(ValidationError) {
        guard Self.isValid(text) else { throw ValidationError(field: "name", code: .malformed, sentence: Self.sentence) }
        rawValue = text
    }

    private static func isValid(_ text: String) -> Bool {
        let bytes = text.utf8
        return (1...64).contains(bytes.count) && bytes.allSatisfy(isAllowed)
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: " "): true
        default: false
        }
    }
}

extension MetricName: ExpressibleByStringLiteral {
    /// Takes a literal of the source code; the program stops when it is no name.
    ///
    /// Text from outside goes through `init(_:)` in a variable: even in `MetricName("x")`, a literal ends up here.
    public init(stringLiteral text: String) {
        precondition(Self.isValid(text), "a literal metric name must be 1 to 64 ASCII letters, digits, spaces and ._:/-")
        rawValue = text
    }
}

extension MetricName: Comparable {
    /// Alphabetical order by ASCII.
    public static func < (left: MetricName, right: MetricName) -> Bool { left.rawValue < right.rawValue }
}

extension MetricName: CustomStringConvertible {
    /// The name's text.
    public var description: String { rawValue }
}

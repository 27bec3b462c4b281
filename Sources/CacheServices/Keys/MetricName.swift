/// The name of a custom metric: 1 to 64 ASCII letters, digits, `._:/-` and spaces, valid by construction.
public struct MetricName: Sendable, Hashable {
    /// The name's text, 1 to 64 ASCII characters.
    public let rawValue: String

    /// Checks a text from outside; throws when it is no name.
    public init(_ text: String) throws(ValidationError) {
        guard NamePattern.matches(text) else { throw ValidationError(field: "name", code: .malformed, sentence: NamePattern.sentence) }
        rawValue = text
    }
}

extension MetricName: ExpressibleByStringLiteral {
    /// Takes a literal of the source code; the program stops when it is no name.
    ///
    /// Text from outside goes through `init(_:)` in a variable: even in `MetricName("x")`, a literal ends up here.
    public init(stringLiteral text: String) {
        precondition(NamePattern.matches(text), "a literal metric name must be 1 to 64 ASCII letters, digits, spaces and ._:/-")
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

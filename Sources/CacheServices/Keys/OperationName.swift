/// The name of something that is timed, or of the service that does it: 1 to 64 ASCII letters, digits, `._:/-` and spaces, valid by
/// construction and therefore safe as a part of a key.
public struct OperationName: Sendable, Hashable {
    /// The name's text, 1 to 64 ASCII characters.
    public let rawValue: String

    /// Checks a text from outside; throws when it is no name.
    public init(_ text: String) throws(ValidationError) {
        guard NamePattern.matches(text) else { throw ValidationError(field: "operation", code: .malformed, sentence: NamePattern.sentence) }
        rawValue = text
    }
}

extension OperationName: ExpressibleByStringLiteral {
    /// Takes a literal of the source code; the program stops when it is no name.
    ///
    /// Text from outside goes through `init(_:)` in a variable: even in `OperationName("x")`, a literal ends up here.
    public init(stringLiteral text: String) {
        precondition(NamePattern.matches(text), "a literal operation name must be 1 to 64 ASCII letters, digits, spaces and ._:/-")
        rawValue = text
    }
}

extension OperationName: Comparable {
    /// Alphabetical order by ASCII.
    public static func < (left: OperationName, right: OperationName) -> Bool { left.rawValue < right.rawValue }
}

extension OperationName: CustomStringConvertible {
    /// The name's text.
    public var description: String { rawValue }
}

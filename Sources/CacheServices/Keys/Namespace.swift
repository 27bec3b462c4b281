/// What all keys of one installation start with: `[a-z0-9{}][a-z0-9_{}-]{0,31}`, valid by construction.
///
/// In braces, as in `{usdcop}`, all keys share one slot of a Redis cluster. No character of a namespace is special in a Redis glob.
public struct Namespace: Sendable, Hashable {
    /// The namespace that is used unless another one is configured.
    public static let standard: Namespace = "usdcop"

    static let sentence = "must match [a-z0-9{}][a-z0-9_{}-]{0,31}"

    /// The namespace's text, 1 to 32 ASCII characters, without a colon.
    public let rawValue: String

    /// Checks a text from outside; throws when it is no namespace.
    public init(_ text: String) throws(ValidationError) {
        guard Self.isValid(text) else { throw ValidationError(field: "namespace", code: .malformed, sentence: Self.sentence) }
        rawValue = text
    }

    private static func isValid(_ text: String) -> Bool {
        let bytes = text.utf8
        guard let first = bytes.first, bytes.count <= 32, canStart(first) else { return false }
        return bytes.allSatisfy { canStart($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") }
    }

    private static func canStart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "{"), UInt8(ascii: "}"): true
        default: false
        }
    }
}

extension Namespace: ExpressibleByStringLiteral {
    /// Takes a literal of the source code; the program stops when it is no namespace.
    ///
    /// Text from outside goes through `init(_:)` in a variable: even in `Namespace("x")`, a literal ends up here.
    public init(stringLiteral text: String) {
        precondition(Self.isValid(text), "a literal namespace must match [a-z0-9{}][a-z0-9_{}-]{0,31}")
        rawValue = text
    }
}

extension Namespace: CustomStringConvertible {
    /// The namespace's text.
    public var description: String { rawValue }
}

/// What is traded, such as `USDCOP`: `[A-Z0-9][A-Z0-9._/-]{0,31}`, valid by construction and therefore safe as a part of a key.
public struct Symbol: Sendable, Hashable {
    /// As a regular expression.
    package static let pattern = "[A-Z0-9][A-Z0-9._/-]{0,31}"
    static let sentence = "must match \(pattern)"

    /// The symbol's text, 1 to 32 ASCII characters.
    public let rawValue: String

    /// Checks a text from outside; throws when it is no symbol.
    public init(_ text: String) throws(ValidationError) {
        guard Self.isValid(text) else { throw ValidationError(field: "symbol", code: .malformed, sentence: Self.sentence) }
        rawValue = text
    }

    init(valid text: String) {
        rawValue = text
    }

    static func isValid(_ text: String) -> Bool {
        let bytes = text.utf8
        guard let first = bytes.first, bytes.count <= 32, isUpperOrDigit(first) else { return false }
        return bytes.allSatisfy { isUpperOrDigit($0) || isMark($0) }
    }

    private static func isUpperOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: false
        }
    }

    private static func isMark(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "/"), UInt8(ascii: "-"): true
        default: false
        }
    }
}

extension Symbol: ExpressibleByStringLiteral {
    /// Takes a literal of the source code; the program stops when it is no symbol.
    ///
    /// Text from outside goes through `init(_:)` in a variable: even in `Symbol("x")`, a literal ends up here.
    public init(stringLiteral text: String) {
        precondition(Self.isValid(text), "a literal symbol must match [A-Z0-9][A-Z0-9._/-]{0,31}")
        rawValue = text
    }
}

extension Symbol: Comparable {
    /// Alphabetical order by ASCII.
    public static func < (left: Symbol, right: Symbol) -> Bool { left.rawValue < right.rawValue }
}

extension Symbol: CustomStringConvertible {
    /// The symbol's text.
    public var description: String { rawValue }
}

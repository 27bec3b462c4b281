/// Why a text is not the JSON that is accepted here, and where.
public struct JSONParseError: Error, Sendable, Hashable {
    /// The kinds of fault.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// There is nothing but white space.
        case empty
        /// The text ends inside a value.
        case unexpectedEnd = "unexpected_end"
        /// A byte that cannot stand here.
        case unexpectedCharacter = "unexpected_character"
        /// Bytes in a string that are not UTF-8.
        case invalidUTF8 = "invalid_utf8"
        /// A control character in a string that is not escaped.
        case controlCharacter = "control_character"
        /// A backslash with something unknown behind it.
        case invalidEscape = "invalid_escape"
        /// Half of a surrogate pair.
        case loneSurrogate = "lone_surrogate"
        /// A number that is not written as JSON writes numbers.
        case invalidNumber = "invalid_number"
        /// A number that is too large for a `Double`.
        case numberOutOfRange = "number_out_of_range"
        /// A name that its object has already.
        case duplicateKey = "duplicate_key"
        /// More levels of arrays and objects than allowed.
        case tooDeep = "too_deep"
        /// Something behind the value.
        case trailingContent = "trailing_content"
    }

    /// What is wrong.
    public let code: Code

    /// Where it is wrong, in bytes from the start.
    public let offset: Int

    /// Makes an error of a kind at a place.
    public init(_ code: Code, at offset: Int) {
        self.code = code
        self.offset = offset
    }
}

extension JSONParseError: CustomStringConvertible {
    /// What is wrong and where, without the text itself.
    public var description: String {
        "\(sentence) at byte \(offset)"
    }

    private var sentence: String {
        switch code {
        case .empty: "there is no JSON value"
        case .unexpectedEnd: "the JSON text ends too early"
        case .unexpectedCharacter: "unexpected character"
        case .invalidUTF8: "invalid UTF-8"
        case .controlCharacter: "control characters in strings must be escaped"
        case .invalidEscape: "unknown escape sequence"
        case .loneSurrogate: "half of a surrogate pair"
        case .invalidNumber: "malformed number"
        case .numberOutOfRange: "number out of range"
        case .duplicateKey: "repeated name in an object"
        case .tooDeep: "too many nested levels"
        case .trailingContent: "unexpected content after the value"
        }
    }
}

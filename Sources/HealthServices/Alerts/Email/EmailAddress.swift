public import CacheServices

/// A plain e-mail address, `local@domain` in ASCII (RFC 5321 without quoted local parts), valid by construction: nothing in it can end a
/// line or begin another header.
public struct EmailAddress: Sendable, Hashable {
    static let sentence = "must be a plain e-mail address such as desk@example.com"

    /// The address's text, at most 254 characters.
    public let rawValue: String

    /// Checks a text from configuration; throws when it is no such address.
    public init(_ text: String) throws(ValidationError) {
        guard Self.isValid(text) else { throw ValidationError(field: "address", code: .malformed, sentence: Self.sentence) }
        rawValue = text
    }

    /// What stands behind the `@`.
    var domain: String { rawValue.split(separator: "@").last.map(String.init) ?? rawValue }

    private static func isValid(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard text.utf8.count <= 254, parts.count == 2, (1...64).contains(parts[0].utf8.count) else { return false }
        let words = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let labels = parts[1].split(separator: ".", omittingEmptySubsequences: false)
        return words.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(isAtom) } && labels.allSatisfy(isLabel)
    }

    private static func isLabel(_ label: Substring) -> Bool {
        (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
            && label.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
    }

    private static func isAtom(_ byte: UInt8) -> Bool { isLetterOrDigit(byte) || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte) }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: false
        }
    }
}

extension EmailAddress: CustomStringConvertible {
    /// The address's text.
    public var description: String { rawValue }
}

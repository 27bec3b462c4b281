/// Which texts a field takes: one to so many printable characters.
///
/// Characters are counted as Unicode scalars. Printable are all but control and format characters and line and paragraph separators, so
/// that one value stays on one line and reads the way it is stored.
public struct TextRule: Sendable, Hashable {
    /// The most characters.
    public let maximumLength: Int

    /// Allows one to so many printable characters.
    public init(maximumLength: Int) {
        self.maximumLength = maximumLength
    }

    /// What is wrong with a text, or nil when it may stand in the field.
    public func problem(with text: String) -> FieldProblem.Code? {
        guard !text.isEmpty, text.utf8.count / 4 <= maximumLength else { return .outOfRange }
        var length = 0
        for scalar in text.unicodeScalars {
            guard Self.isPrintable(scalar) else { return .malformed }
            length += 1
        }
        return length <= maximumLength ? nil : .outOfRange
    }

    /// What is allowed, as the rest of a sentence.
    public var sentence: String {
        "must be 1 to \(maximumLength) printable characters"
    }

    /// Whether a character shows as itself on one line.
    package static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar.value >= 0x20 && scalar.value < 0x7F }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: return false
        default: return true
        }
    }

    /// Adds a problem when a text may not stand in a field.
    func check(_ text: String, _ field: String, _ problems: inout [FieldProblem]) {
        guard let code = problem(with: text) else { return }
        problems.append(FieldProblem(field: field, code: code, sentence: sentence))
    }
}

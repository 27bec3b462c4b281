/// What is wrong with one field, said without the value that was given.
public struct FieldProblem: Sendable, Hashable {
    /// The kinds of problem.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// A required field is not there.
        case missing
        /// There is no field of this name.
        case unknown
        /// The value is of another JSON type.
        case wrongType = "wrong_type"
        /// The number, length or count is not in the allowed range.
        case outOfRange = "out_of_range"
        /// The text is not written as the field wants it.
        case malformed
        /// The name occurs twice.
        case duplicate
    }

    /// The path of the field, its parts joined by dots (`features.rsi_14`); empty for the whole value.
    public let field: String

    /// The kind of problem.
    public let code: Code

    /// What is allowed, as the rest of a sentence about the field (`must be a number from 0 to 1`).
    public let sentence: String

    /// Describes a problem of a field.
    public init(field: String, code: Code, sentence: String) {
        self.field = field
        self.code = code
        self.sentence = sentence
    }

    /// A name from outside, fit to be shown: at most 64 characters, `?` in place of those that cannot be printed.
    package static func shown(_ name: String) -> String {
        var shown = ""
        for (count, scalar) in name.unicodeScalars.enumerated() {
            guard count < 64 else { return shown + "…" }
            shown.unicodeScalars.append(TextRule.isPrintable(scalar) ? scalar : "?")
        }
        return shown
    }
}

extension FieldProblem: CustomStringConvertible {
    /// The field and what is allowed there, as one sentence.
    public var description: String {
        "\(field.isEmpty ? "the value" : field) \(sentence)"
    }
}

/// Everything that is wrong with a value, not only the first thing found.
public struct ValidationError: Error, Sendable, Hashable {
    /// The most problems that are listed for one value.
    public static let maximumProblems = 100

    /// The problems, in the order of the fields as they are checked; at least one, at most `maximumProblems`.
    public let problems: [FieldProblem]

    /// Collects problems.
    public init(_ problems: [FieldProblem]) {
        self.problems = Array(problems.prefix(Self.maximumProblems))
    }

    /// Describes a single problem.
    public init(field: String, code: FieldProblem.Code, sentence: String) {
        problems = [FieldProblem(field: field, code: code, sentence: sentence)]
    }
}

extension ValidationError: CustomStringConvertible {
    /// All problems in one line.
    public var description: String {
        problems.map(\.description).joined(separator: "; ")
    }
}

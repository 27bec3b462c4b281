/// Why the settings cannot be used: every problem, not only the first.
///
/// Nothing in it repeats a value: addresses and files of secrets are variables too.
public struct ConfigurationError: Error, Sendable, Hashable {
    /// One variable that cannot be used.
    public struct Problem: Sendable, Hashable {
        /// The variable's name, or `--config` for the file itself.
        public let variable: String
        /// What is wrong, as the rest of a sentence about the variable.
        public let problem: String
        /// What is allowed, as the rest of a sentence.
        public let allowed: String

        init(_ variable: String, _ problem: String, allowed: String) {
            self.variable = variable
            self.problem = problem
            self.allowed = allowed
        }
    }

    /// At least one, in the order of the table.
    public let problems: [Problem]
    /// What is probably not what was meant either; a misspelt name may be why another variable is missed.
    public let warnings: [ConfigurationWarning]
}

extension ConfigurationError.Problem: CustomStringConvertible {
    /// The variable, what is wrong with it, and what is allowed.
    public var description: String { "\(variable) \(problem); it \(allowed)" }
}

extension ConfigurationError: CustomStringConvertible {
    /// One line for each problem, and then for each warning.
    public var description: String { (problems.map(\.description) + warnings.map { "warning: \($0)" }).joined(separator: "\n") }
}

/// Reads settings from flags, over the environment, over a file, over the defaults.
///
/// An empty text counts as not set in the environment and in a file, as Compose files pass it on, unless the variable says otherwise; as
/// a flag it is a mistake.
public struct ConfigurationLoader: Sendable {
    /// What was read.
    public struct Outcome: Sendable {
        /// The checked values.
        public let settings: Settings
        /// The names of the variables that somebody set.
        public let given: Set<String>
        /// What is probably not what was meant.
        public let warnings: [ConfigurationWarning]
    }

    private let variables: [ConfigurationVariable]
    private let flags: [String: String]
    private let environment: [String: String]
    private let file: String?

    /// - Parameters:
    ///   - variables: those that matter to the caller; the others are not looked at.
    ///   - flags: values of the command line by the names of the variables.
    ///   - environment: the environment of the process.
    ///   - file: path of a configuration file.
    public init(
        _ variables: [ConfigurationVariable] = ConfigurationTable.all, flags: [String: String] = [:],
        environment: [String: String] = [:], file: String? = nil
    ) {
        self.variables = variables
        self.flags = flags
        self.environment = environment
        self.file = file
    }

    /// Reads and checks everything.
    ///
    /// - Throws: ``ConfigurationError`` with all problems.
    public func load() throws(ConfigurationError) -> Outcome {
        var draft = SettingsDraft()
        draft.environment = environment
        let file = openFile(&draft)
        var given: Set<String> = []
        for variable in variables {
            do throws(ConfigurationVariable.Fault) {
                guard let text = try text(of: variable, file) else { continue }
                given.insert(variable.name)
                try variable.take(text, &draft)
            } catch {
                draft.report(variable, error.problem)
            }
        }
        draft.finish()
        let warnings = draft.warnings + unknownVariables
        guard draft.problems.isEmpty else { throw ConfigurationError(problems: draft.problems, warnings: warnings) }
        return Outcome(settings: draft.settings, given: given, warnings: warnings)
    }

    private func openFile(_ draft: inout SettingsDraft) -> ConfigurationFile? {
        guard let path = file else { return nil }
        do throws(ConfigurationFile.Failure) {
            let file = try ConfigurationFile(path: path)
            let known = Set(ConfigurationTable.all.map(\.name))
            for key in file.keys.subtracting(known).sorted() {
                let hint = ConfigurationTable.nearest(to: key).map { "; did you mean \($0)?" } ?? ""
                let problem = "has the key \(Self.shown(key)), which is no variable\(hint)"
                draft.problems.append(.init("--config", problem, allowed: ConfigurationFile.allowed))
            }
            if file.isOpenToOthers, !file.keys.isDisjoint(with: ConfigurationTable.namesOfSecrets) {
                draft.warnings.append(.openFile(variable: "--config"))
            }
            return file
        } catch {
            draft.problems.append(.init("--config", error.problem, allowed: ConfigurationFile.allowed))
            return nil
        }
    }

    private func text(of variable: ConfigurationVariable, _ file: ConfigurationFile?) throws(ConfigurationVariable.Fault) -> String? {
        let text: String
        if let flag = flags[variable.name] {
            guard !flag.isEmpty else { throw .init(problem: "is empty") }
            text = flag
        } else if let value = environment[variable.name], !value.isEmpty || variable.takesEmpty {
            text = value
        } else {
            do throws(ConfigurationFile.Failure) {
                guard let value = try file?.text(variable.name), !value.isEmpty || variable.takesEmpty else { return nil }
                text = value
            } catch {
                throw .init(problem: error.problem)
            }
        }
        guard !text.utf8.contains(0) else { throw .init(problem: "has a NUL character") }
        return text
    }

    private var unknownVariables: [ConfigurationWarning] {
        let known = Set(ConfigurationTable.all.map(\.name))
        return environment.keys.filter { $0.hasPrefix("USDCOP_") && !known.contains($0) }.sorted().map {
            .unknownVariable(Self.shown($0), nearest: ConfigurationTable.nearest(to: $0))
        }
    }

    /// A name from outside, fit for a terminal and a log.
    private static func shown(_ name: String) -> String {
        String(name.prefix(64).map { $0.isASCII && $0 >= " " && $0 != "\u{7f}" ? $0 : "?" })
    }
}

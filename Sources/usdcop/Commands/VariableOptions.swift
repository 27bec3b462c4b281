import ArgumentParser
import DashboardServer

extension NameSpecification {
    /// The flag of a variable.
    static func variable(_ variable: ConfigurationVariable) -> NameSpecification {
        .customLong(variable.flag ?? variable.name.lowercased())
    }
}

extension ArgumentHelp {
    /// The line of a variable.
    static func variable(_ variable: ConfigurationVariable, _ valueName: String) -> ArgumentHelp {
        ArgumentHelp(stringLiteral: variable.help).named(valueName)
    }

    private func named(_ valueName: String) -> ArgumentHelp {
        var help = self
        help.valueName = valueName
        return help
    }
}

import ArgumentParser
import CacheServices
import DashboardServer

/// Shows what can be configured.
struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Show every variable: its flag, its default, what is allowed.",
        discussion: """
            The list of this program, not what is set. Values are flags over environment over --config FILE over defaults.

            Examples:
              usdcop config
              usdcop config USDCOP_PORT REDIS_URL
              usdcop config --json
              usdcop config --markdown
            """)

    @Argument(help: ArgumentHelp("Only these.", valueName: "variable"))
    var names: [String] = []

    @Flag(help: "Answer in Markdown, as the guides have it.")
    var markdown = false

    @OptionGroup(title: "Output") var output: OutputOptions

    func validate() throws {
        for name in names where ConfigurationTable.variables(named: [name]) == nil {
            let hint = ConfigurationTable.nearest(to: name).map { "; did you mean \($0)?" } ?? "."
            throw ArgumentParser.ValidationError("There is no such variable\(hint)")
        }
        if markdown, output.json { throw ArgumentParser.ValidationError("Choose one of --markdown and --json.") }
    }

    func run() async throws {
        let variables = names.isEmpty ? ConfigurationTable.all : ConfigurationTable.variables(named: names) ?? []
        guard !markdown else { return try Console().write(ConfigurationTable.markdown(variables)) }
        try output.show(ConfigurationTable.jsonValue(variables)) { _ in
            variables.map { variable in
                let flag = variable.flag.map { ", --\($0)" } ?? ""
                return
                    "\(variable.name)\(flag) (default \(variable.defaultText ?? "none"))\n  \(variable.sentence).\n  It \(variable.allowed).\n"
            }.joined()
        }
    }
}

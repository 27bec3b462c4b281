import ArgumentParser
import DashboardServer
import Foundation

/// How every command finds its Redis.
struct ConnectionOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A JSON or YAML file whose keys are names of variables.", valueName: "file"), completion: .file())
    var config: String?

    @Option(name: .variable(ConfigurationTable.redisURL), help: .variable(ConfigurationTable.redisURL, "url"))
    var redisURL: String?

    @Option(name: .variable(ConfigurationTable.redisCAFile), help: .variable(ConfigurationTable.redisCAFile, "file"), completion: .file())
    var redisCAFile: String?

    @Option(
        name: .variable(ConfigurationTable.redisPasswordFile), help: .variable(ConfigurationTable.redisPasswordFile, "file"),
        completion: .file())
    var redisPasswordFile: String?

    @Option(name: .variable(ConfigurationTable.redisCommandTimeout), help: .variable(ConfigurationTable.redisCommandTimeout, "duration"))
    var redisCommandTimeout: String?

    @Option(name: .variable(ConfigurationTable.redisConnectTimeout), help: .variable(ConfigurationTable.redisConnectTimeout, "duration"))
    var redisConnectTimeout: String?

    @Option(name: .variable(ConfigurationTable.namespace), help: .variable(ConfigurationTable.namespace, "namespace"))
    var namespace: String?

    @Option(
        name: .variable(ConfigurationTable.logLevel), help: .variable(ConfigurationTable.logLevel, "level"),
        completion: .list(["debug", "info", "warn", "error", "fatal"]))
    var logLevel: String?

    @Option(
        name: .variable(ConfigurationTable.logFormat), help: .variable(ConfigurationTable.logFormat, "format"),
        completion: .list(["auto", "pretty", "json"]))
    var logFormat: String?

    /// What the command line says, by the names of the variables.
    var flags: [String: String] {
        let values: [(ConfigurationVariable, String?)] = [
            (ConfigurationTable.redisURL, redisURL), (ConfigurationTable.redisCAFile, redisCAFile),
            (ConfigurationTable.redisPasswordFile, redisPasswordFile), (ConfigurationTable.redisCommandTimeout, redisCommandTimeout),
            (ConfigurationTable.redisConnectTimeout, redisConnectTimeout), (ConfigurationTable.namespace, namespace),
            (ConfigurationTable.logLevel, logLevel), (ConfigurationTable.logFormat, logFormat),
        ]
        return values.reduce(into: [:]) { flags, pair in flags[pair.0.name] = pair.1 }
    }

    /// Finds bad settings before a command reads its input; warnings come when the settings are used.
    ///
    /// - Throws: `ConfigurationError`.
    func check(
        _ variables: [ConfigurationVariable], adding more: [String: String] = [:]
    ) throws(ConfigurationError) -> Settings {
        try loader(variables, more).load().settings
    }

    /// Reads the settings that matter to this command; warnings go to standard error.
    func load(
        _ variables: [ConfigurationVariable] = ConfigurationTable.connection, adding more: [String: String] = [:]
    ) throws(ConfigurationError) -> ConfigurationLoader.Outcome {
        let outcome = try loader(variables, more).load()
        let console = Console()
        for warning in outcome.warnings { console.note("usdcop: warning: \(warning)") }
        return outcome
    }

    private func loader(_ variables: [ConfigurationVariable], _ more: [String: String]) -> ConfigurationLoader {
        ConfigurationLoader(
            variables, flags: flags.merging(more) { $1 }, environment: ProcessInfo.processInfo.environment, file: config)
    }
}

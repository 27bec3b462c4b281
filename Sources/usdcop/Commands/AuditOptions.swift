import ArgumentParser
import DashboardServer

/// How the audit trail is kept.
struct AuditOptions: ParsableArguments {
    @Option(
        name: .variable(ConfigurationTable.stateDirectory), help: .variable(ConfigurationTable.stateDirectory, "directory"),
        completion: .directory)
    var stateDir: String?

    @Option(name: .variable(ConfigurationTable.auditKeyFile), help: .variable(ConfigurationTable.auditKeyFile, "file"), completion: .file())
    var auditKeyFile: String?

    @Option(name: .variable(ConfigurationTable.auditMaximumEvents), help: .variable(ConfigurationTable.auditMaximumEvents, "number"))
    var auditMaximumEvents: String?

    @Option(name: .variable(ConfigurationTable.auditRetention), help: .variable(ConfigurationTable.auditRetention, "duration"))
    var auditRetention: String?

    @Option(name: .variable(ConfigurationTable.auditCheckpointEvents), help: .variable(ConfigurationTable.auditCheckpointEvents, "number"))
    var auditCheckpointEvents: String?

    /// What the command line says, by the names of the variables.
    var flags: [String: String] {
        let values: [(ConfigurationVariable, String?)] = [
            (ConfigurationTable.stateDirectory, stateDir), (ConfigurationTable.auditKeyFile, auditKeyFile),
            (ConfigurationTable.auditMaximumEvents, auditMaximumEvents), (ConfigurationTable.auditRetention, auditRetention),
            (ConfigurationTable.auditCheckpointEvents, auditCheckpointEvents),
        ]
        return values.reduce(into: [:]) { flags, pair in flags[pair.0.name] = pair.1 }
    }
}

import ArgumentParser
import DashboardServer

/// Whom the service alerts, and when; webhooks and the mail server have no flags, because their addresses are secrets.
struct AlertOptions: ParsableArguments {
    @Option(
        name: .variable(ConfigurationTable.alertSecretFile), help: .variable(ConfigurationTable.alertSecretFile, "file"),
        completion: .file())
    var alertSecretFile: String?

    @Option(name: .variable(ConfigurationTable.alertEmail), help: .variable(ConfigurationTable.alertEmail, "addresses"))
    var alertEmail: String?

    @Option(name: .variable(ConfigurationTable.alertFrom), help: .variable(ConfigurationTable.alertFrom, "address"))
    var alertFrom: String?

    @Option(name: .variable(ConfigurationTable.smtpCAFile), help: .variable(ConfigurationTable.smtpCAFile, "file"), completion: .file())
    var smtpCAFile: String?

    @Option(name: .variable(ConfigurationTable.alertSpacing), help: .variable(ConfigurationTable.alertSpacing, "duration"))
    var alertSpacing: String?

    /// What the command line says, by the names of the variables.
    var flags: [String: String] {
        let values: [(ConfigurationVariable, String?)] = [
            (ConfigurationTable.alertSecretFile, alertSecretFile), (ConfigurationTable.alertEmail, alertEmail),
            (ConfigurationTable.alertFrom, alertFrom), (ConfigurationTable.smtpCAFile, smtpCAFile),
            (ConfigurationTable.alertSpacing, alertSpacing),
        ]
        return values.reduce(into: [:]) { flags, pair in flags[pair.0.name] = pair.1 }
    }
}

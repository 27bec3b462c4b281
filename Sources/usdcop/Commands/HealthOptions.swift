import ArgumentParser
import DashboardServer

/// How services are watched.
struct HealthOptions: ParsableArguments {
    @Option(name: .variable(ConfigurationTable.alertAfter), help: .variable(ConfigurationTable.alertAfter, "checks"))
    var alertAfter: String?

    /// What the command line says, by the names of the variables.
    var flags: [String: String] {
        alertAfter.map { [ConfigurationTable.alertAfter.name: $0] } ?? [:]
    }
}

import CacheServices
import DashboardServer
import Foundation
import HealthServices
import LoggingServices

/// The settings of a demo: those of the service, without anything that could touch what is real.
struct DemoSettings: Sendable {
    var settings: Settings
    let directory: DemoDirectory?
    /// The names of the variables that somebody set.
    let given: Set<String>

    /// What the environment and a file say for the service and not for a demo.
    private static let notForDemos: Set<String> = Set(
        (["USDCOP_NAMESPACE", "USDCOP_PORT", "LOG_FILE", "USDCOP_AUDIT_KEY_FILE", "USDCOP_SERVICES"]
            + ConfigurationTable.all.map(\.name).filter { $0.hasPrefix("USDCOP_ALERT_") || $0.hasPrefix("SMTP_") }
            + DefaultServices.table.map(\.variable).filter { $0 != "POSTGRES_URL" }))

    /// Reads them; warnings go to standard error.
    ///
    /// - Throws: ``CommandFailure``, `ConfigurationError`.
    static func load(_ command: DemoCommand) throws -> DemoSettings {
        let groups = [command.service.flags, command.audit.flags, command.latency.flags, command.health.flags]
        var flags = groups.reduce(into: [ConfigurationTable.port.name: DemoOptions.port]) { $0.merge($1) { $1 } }
        flags[ConfigurationTable.namespace.name] = command.connection.namespace ?? DemoOptions.namespace
        let given = Set(flags.keys)
        let variables = ConfigurationTable.all.filter { !notForDemos.contains($0.name) || given.contains($0.name) }
        let loaded = try command.connection.load(variables, adding: flags)
        var settings = loaded.settings
        // What there is to see is on the page; the log is for what goes wrong.
        if !loaded.given.contains(ConfigurationTable.logLevel.name) { settings.logging.level = .warn }
        // An outage of Redis is not to end what there is to see: some hours of writes can wait.
        if !loaded.given.contains(ConfigurationTable.cacheMaximumEntries.name) { settings.cacheMaximumEntries = 100_000 }
        // The other services have stand-ins; a database that does not answer would only be noise.
        settings.health.services.removeAll { $0.name != "postgres" || !loaded.given.contains("POSTGRES_URL") }
        if settings.health.services.isEmpty { settings.health.switchedOff.insert("postgres") }
        if command.audit.stateDir == nil {
            settings.audit.stateDirectory = settings.audit.stateDirectory?.appendingPathComponent("demo", isDirectory: true)
        }
        return DemoSettings(
            settings: settings, directory: settings.audit.stateDirectory.map(DemoDirectory.init),
            given: loaded.given)
    }
}

import ArgumentParser
import CacheServices
import DashboardServer
import HealthServices

/// How the watched services are.
struct HealthCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health",
        abstract: "Show how the watched services are, check them, and say which are watched.",
        discussion: """
            serve watches the services; one process does it for all. status shows what it found, check looks itself.

            Examples:
              usdcop health status --watch
              usdcop health check trading-api
              usdcop health register risk-engine http://risk.internal:8004 --interval 10s
              usdcop health export > services.json
              usdcop health alerts --limit 5
            """,
        subcommands: [
            HealthStatusCommand.self, HealthCheckCommand.self, HealthHistoryCommand.self, HealthRegisterCommand.self,
            HealthUnregisterCommand.self, HealthExportCommand.self, HealthAlertsCommand.self,
        ], defaultSubcommand: HealthStatusCommand.self)
}

extension ConnectionOptions {
    /// Connects, with a checker that looks at the services and does not monitor them.
    func withHealth<Value: Sendable>(_ body: @escaping @Sendable (HealthChecker) async throws -> Value) async throws -> Value {
        try await withSession(ConfigurationTable.connection + ConfigurationTable.health) { session in
            var settings = session.settings.health
            settings.namespace = session.settings.namespace
            let checker = HealthChecker(
                redis: session.cache.redis, settings: settings, isLasting: false, audit: nil, logger: session.logger)
            // A command says that Redis is away, and does not make do without it.
            try await checker.registry.refresh()
            return try await body(checker)
        }
    }
}

/// Checks now.
struct HealthCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check all services now, or one.",
        discussion: """
            The checks are made by this command. Their results are shown and not recorded: that is the monitor's task. Services with a \
            password in their address are checked with the address of this command's own environment. Exits with 1 when one is unhealthy.

            Examples:
              usdcop health check
              usdcop health check trading-api --json
            """)

    @Argument(help: "This service only.", transform: Arguments.operation)
    var service: OperationName?

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func run() async throws {
        if let service {
            guard let health = try await connection.withHealth({ await $0.checkService(service) }) else {
                throw CommandFailure(.negative, "no service \(service) is registered")
            }
            try output.show(health.jsonValue) { health.properties.text($0) }
            if health.status == .unhealthy { throw CommandFailure(.negative, nil) }
        } else {
            let health = try await connection.withHealth { await $0.checkAllServices() }
            try output.show(health.jsonValue) { health.text($0) }
            if health.overallStatus == .unhealthy { throw CommandFailure(.negative, nil) }
        }
    }
}

/// The past of one service.
struct HealthHistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Show the last checks of a service, newest first.",
        discussion: "Exits with 1 when there are none.\n\nExamples:\n  usdcop health history trading-api --limit 20")

    @Argument(help: "The service.", transform: Arguments.operation)
    var service: OperationName

    @Option(help: "How many, 1 to 1000.")
    var limit = 100

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func validate() throws {
        guard (1...1000).contains(limit) else { throw ArgumentParser.ValidationError("--limit must be 1 to 1000.") }
    }

    func run() async throws {
        let (service, limit) = (service, limit)
        let samples = try await connection.withHealth { try await $0.registry.history(of: service, limit: limit) }
        let json: JSONValue = [
            "service": .string(service.rawValue), "count": .integer(samples.count), "history": .array(samples.map(\.jsonValue)),
        ]
        try output.show(json, isThere: !samples.isEmpty, orSay: "\(service) has not been checked") { HealthSample.table(samples).text($0) }
    }
}

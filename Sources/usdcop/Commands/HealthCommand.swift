import ArgumentParser

/// The health of services, and who was told of it.
struct HealthCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health",
        abstract: "See which services are well, and who was alerted.",
        discussion: """
            Examples:
              usdcop health alerts
              usdcop health alerts --limit 5 --json
            """,
        subcommands: [HealthAlertsCommand.self])
}

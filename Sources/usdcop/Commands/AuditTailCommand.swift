import ArgumentParser
import CacheServices
import DashboardServer
import Foundation
import LoggingServices

/// Events as they are recorded, by any process.
struct AuditTailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail", abstract: "Show events as they are recorded, until Ctrl-C.",
        discussion: """
            Shows the last events first. With --json every event is one line, a record as `export --format ndjson` writes it. When the \
            connection is lost, it goes on where it stopped; after 30 seconds without Redis it gives up (exit 69). Ctrl-C ends it with \
            130, SIGTERM with 0.

            Examples:
              usdcop audit tail
              usdcop audit tail -n 0 --event-type RISK_ALERT --json
            """)

    @Option(name: [.customShort("n"), .long], help: "How many of the last events to show first, 0 to 1000.")
    var limit = 10

    @Option(help: "End after so many new events.")
    var count: Int?

    @OptionGroup(title: "Events") var events: AuditFilterOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func validate() throws {
        guard (0...AuditPage.limits.upperBound).contains(limit) else {
            throw ArgumentParser.ValidationError("--limit must be a whole number from 0 to \(AuditPage.limits.upperBound).")
        }
        guard count ?? 1 >= 1 else { throw ArgumentParser.ValidationError("--count must be at least 1.") }
    }

    func run() async throws {
        let follower = AuditFollower(filter: events.filter, limit: limit, count: count, isJSON: output.json)
        let connection = connection
        let ending = try await withInterruption {
            try await connection.withSession { try await follower.run($0) }
        }
        if case .interrupted(SIGINT, _) = ending { throw CommandFailure(.interrupted, nil) }
    }
}

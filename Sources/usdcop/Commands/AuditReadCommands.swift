import ArgumentParser
import CacheServices
import DashboardServer
import LoggingServices

/// Pages of the trail.
struct AuditTrailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trail", abstract: "Show events, newest first.",
        discussion: """
            A page names the cursor of the next one.

            Examples:
              usdcop audit trail
              usdcop audit trail --event-type RISK_ALERT --start 2025-01-15T00:00:00Z --limit 20
              usdcop audit trail --user ana --json | jq .entries
            """)

    @OptionGroup(title: "Events") var events: AuditFilterOptions

    @Option(help: "How many events, 1 to 1000.")
    var limit = 100

    @Option(help: "Where the page before ended.", transform: Arguments.cursor)
    var cursor: AuditCursor?

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func validate() throws {
        guard AuditPage.limits.contains(limit) else {
            throw ArgumentParser.ValidationError("--limit must be a whole number from 1 to \(AuditPage.limits.upperBound).")
        }
    }

    func run() async throws {
        let (filter, limit, cursor) = (events.filter, limit, cursor)
        let page = try await connection.withSession { try await $0.trail.trail(filter, limit: limit, cursor: cursor) }
        try output.show(page.jsonValue) { style in
            page.entries.isEmpty ? "no events\n" : AuditTrailEntry.table(page.entries).text(style)
        }
        if !output.json, let cursor = page.nextCursor { Console().note("more: --cursor \(cursor.text)") }
        Console().note(unreadable: page.unreadable.count)
    }
}

/// What the trail holds, counted.
struct AuditStatsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats", abstract: "Count the events by type and symbol.",
        discussion: "Recent events are those of the last hour.\n\nExamples:\n  usdcop audit stats\n  usdcop audit stats --json")

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func run() async throws {
        let stats = try await connection.withSession { try await $0.trail.stats() }
        try output.show(stats.jsonValue) { stats.text($0) }
    }
}

extension Console {
    /// Says that the trail holds something that is no event.
    func note(unreadable count: Int) {
        if count > 0 { note("usdcop: warning: \(count) \(count == 1 ? "entry" : "entries") of the trail cannot be read") }
    }
}

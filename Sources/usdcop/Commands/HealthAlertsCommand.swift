import ArgumentParser
import CacheServices
import DashboardServer
import HealthServices

/// What was to be told, and what was.
struct HealthAlertsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alerts", abstract: "Show alerts and what became of them, newest first.",
        discussion: """
            Every alert stands on one line for each channel: sent, failed or suppressed, how often it was tried, and why it failed; or not \
            sent, where the service had no channel to tell it by (USDCOP_ALERT_WEBHOOKS, USDCOP_ALERT_EMAIL). An alert that waits for \
            its turn has none of these.

            While Redis is away every process tells by itself what it sees, under identities by which receivers can drop repeats; what \
            was told then is here when Redis is back.

            Examples:
              usdcop health alerts
              usdcop health alerts --limit 5 --json | jq .alerts
            """)

    @Option(help: "How many alerts, 1 to 1000.")
    var limit = 20

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func validate() throws {
        guard AlertLog.limits.contains(limit) else {
            throw ArgumentParser.ValidationError("--limit must be a whole number from 1 to \(AlertLog.limits.upperBound).")
        }
    }

    func run() async throws {
        let limit = limit
        let page = try await connection.withSession {
            try await AlertLog($0.cache.redis, namespace: $0.settings.namespace).recent(limit: limit)
        }
        try output.show(page.jsonValue) { style in
            page.alerts.isEmpty ? "no alerts\n" : AlertRecord.table(page.alerts).text(style)
        }
        if !page.unreadable.isEmpty {
            Console().note("usdcop: warning: \(page.unreadable.count) entries of the stream of alerts cannot be read")
        }
    }
}

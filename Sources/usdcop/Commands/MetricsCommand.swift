import ArgumentParser
import CacheServices

/// The figures of the desk.
struct MetricsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics",
        abstract: "Read, store and update financial and custom metrics.",
        discussion: """
            Examples:
              usdcop metrics show
              usdcop metrics update total_pnl=125000.50 win_rate=0.62
              usdcop metrics custom set spread_bps 3.5
            """,
        subcommands: [
            MetricsShowCommand.self, MetricsSetCommand.self, MetricsUpdateCommand.self, CustomMetricCommand.self,
            MetricsClearCommand.self, MetricsFreshnessCommand.self,
        ])
}

/// The financial metrics with their freshness.
struct MetricsShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show the financial metrics and how fresh they are.",
        discussion: "Exits with 1 when there are none.\n\nExamples:\n  usdcop metrics show --json")

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func run() async throws {
        let snapshot = try await connection.withSession { try await $0.metrics.getSnapshot() }
        let json: JSONValue = [
            "metrics": snapshot?.metrics.jsonValue ?? .null,
            "freshness_ms": .finite(snapshot.map { ($0.freshness / .milliseconds(1)).rounded() }),
        ]
        try output.show(json, isThere: snapshot != nil, orSay: "there are no financial metrics") { style in
            guard let snapshot else { return "" }
            return snapshot.metrics.properties(adding: [("freshness", Table.Cell(NumberText.duration(snapshot.freshness)))]).text(style)
        }
    }
}

/// Replaces the financial metrics.
struct MetricsSetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Store financial metrics, replacing what is there.",
        discussion: "Examples:\n  usdcop metrics set metrics.json")

    @Argument(help: ArgumentHelp("A file with one JSON object, or - for standard input.", valueName: "file"), completion: .file())
    var path: String

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func run() async throws {
        _ = try connection.load()
        let metrics = try FinancialMetrics(strict: try await InputFile.contents(of: path, limit: JSONDocument.valueLimit))
        guard metrics.timestamp <= Timestamp.now + Signal.maximumFutureSkew else {
            throw CommandFailure(.badData, "timestamp must be at most 5 minutes in the future")
        }
        try await connection.withSession { try await $0.metrics.setFinancialMetrics(metrics) }
        try output.show(["metrics": metrics.jsonValue]) { metrics.properties().text($0) }
    }
}

/// Changes some figures.
struct MetricsUpdateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update", abstract: "Change some figures and leave the others as they are.",
        discussion: """
            Figures are total_pnl, win_rate, sharpe_ratio, max_drawdown, total_trades, active_positions, portfolio_value and timestamp; \
            without a timestamp it is the time of the update by the clock of Redis.

            Examples:
              usdcop metrics update total_pnl=125000.50 win_rate=0.62
            """)

    @Argument(help: ArgumentHelp("What changes, such as total_pnl=125000.50.", valueName: "name=value"))
    var changes: [String]

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func validate() throws {
        guard changes.allSatisfy({ $0.contains("=") && !$0.hasPrefix("=") }) else {
            throw ArgumentParser.ValidationError("Write changes as name=value.")
        }
    }

    func run() async throws {
        let members = changes.map { change in
            let parts = change.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let text = String(parts[1])
            let number = try? JSONParser.parse(Array(text.utf8))
            return JSONValue.Member(String(parts[0]), number?.double == nil ? .string(text) : number ?? .null)
        }
        let update = try FinancialMetricsUpdate(strict: JSONValue.object(members))
        let metrics = try await connection.withSession { try await $0.metrics.updateMetricSnapshot(update) }
        try output.show(["metrics": metrics.jsonValue]) { metrics.properties().text($0) }
    }
}

/// Removes all metrics.
struct MetricsClearCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clear", abstract: "Remove financial and custom metrics; positions stay.",
        discussion: "Examples:\n  usdcop metrics clear")

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func run() async throws {
        let removed = try await connection.withSession { try await $0.metrics.clearMetrics() }
        try output.show(["cleared": .integer(removed)]) { _ in "removed \(removed) \(removed == 1 ? "key" : "keys")\n" }
    }
}

/// The age of the financial metrics.
struct MetricsFreshnessCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "freshness", abstract: "Show the time since the timestamp of the financial metrics.",
        discussion: "Exits with 1 when there are none.\n\nExamples:\n  usdcop metrics freshness")

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func run() async throws {
        let freshness = try await connection.withSession { try await $0.metrics.getMetricsFreshness() }
        let json: JSONValue = ["freshness_ms": .finite(freshness.map { ($0 / .milliseconds(1)).rounded() })]
        try output.show(json, isThere: freshness != nil, orSay: "there are no financial metrics") { _ in
            freshness.map { NumberText.duration($0) + "\n" } ?? ""
        }
    }
}

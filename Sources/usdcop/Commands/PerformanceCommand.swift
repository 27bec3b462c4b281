import ArgumentParser
import CacheServices
import LoggingServices

/// How long the desk's operations take.
struct PerformanceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "performance",
        abstract: "Show how long operations take, and which are slow or fail.",
        discussion: """
            The figures are of the newest 1,000 samples of each operation, of all processes that record them.

            Examples:
              usdcop performance metrics
              usdcop performance slow --threshold-ms 500 --limit 10
              usdcop performance failed --operation process_signal --json
            """,
        subcommands: [
            PerformanceMetricsCommand.self, PerformanceSlowCommand.self, PerformanceFailedCommand.self, PerformanceSummaryCommand.self,
            PerformanceClearCommand.self,
        ])
}

/// Figures of each operation.
struct PerformanceMetricsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics", abstract: "Show count, mean, percentiles and success rate of each operation, or of one.",
        discussion: """
            Exits with 1 when there are no samples.

            Examples:
              usdcop performance metrics
              usdcop performance metrics process_signal --json | jq .metrics.p95_ms
            """)

    @Argument(help: "Of this operation only.", transform: Arguments.operation)
    var operation: OperationName?

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func run() async throws {
        if let operation {
            let metrics = try await connection.withSession { try await $0.performance.getMetrics(operation, noting: $0.trace) }
            let json: JSONValue = ["operation": .string(operation.rawValue), "metrics": metrics?.jsonValue ?? .null]
            try output.show(json, isThere: metrics != nil, orSay: "there are no samples of \(operation)") { style in
                metrics?.properties.text(style) ?? ""
            }
        } else {
            let metrics = try await connection.withSession { try await $0.performance.getMetrics(noting: $0.trace) }
            let json: JSONValue = ["count": .integer(metrics.count), "metrics": .array(metrics.map(\.jsonValue))]
            try output.show(json, isThere: !metrics.isEmpty, orSay: "there are no samples") { LatencyMetrics.table(metrics).text($0) }
        }
    }
}

/// Samples that took long.
struct PerformanceSlowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slow", abstract: "Show operations that took longer than a threshold, slowest first.",
        discussion: """
            Examples:
              usdcop performance slow
              usdcop performance slow --threshold-ms 1000 --operation api_call --limit 10
            """)

    @Option(help: ArgumentHelp("The threshold in milliseconds.", valueName: "ms"), transform: Arguments.milliseconds)
    var thresholdMs = 100.0

    @Option(help: ArgumentHelp("Of this operation only.", valueName: "name"), transform: Arguments.operation)
    var operation: OperationName?

    @Option(help: "How many, 1 to 1000.")
    var limit = 100

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func validate() throws { try PerformanceCommand.check(limit) }

    func run() async throws {
        let (threshold, operation, limit) = (thresholdMs, operation, limit)
        let slow = try await connection.withSession { session in
            try await session.performance.getSlowOperations(
                thresholdMS: threshold, operation: operation, limit: limit, noting: session.trace)
        }
        let json: JSONValue = [
            "threshold_ms": .finite(threshold), "count": .integer(slow.count), "operations": .array(slow.map(\.jsonValue)),
        ]
        let absence = "nothing took longer than \(NumberText.plain(threshold)) ms"
        try output.show(json) { slow.isEmpty ? absence + "\n" : PerformanceLogEntry.table(slow).text($0) }
    }
}

/// Samples that failed.
struct PerformanceFailedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "failed", abstract: "Show operations that failed, newest first.",
        discussion: """
            Examples:
              usdcop performance failed --limit 20
            """)

    @Option(help: ArgumentHelp("Of this operation only.", valueName: "name"), transform: Arguments.operation)
    var operation: OperationName?

    @Option(help: "How many, 1 to 1000.")
    var limit = 100

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func validate() throws { try PerformanceCommand.check(limit) }

    func run() async throws {
        let (operation, limit) = (operation, limit)
        let failed = try await connection.withSession { session in
            try await session.performance.getFailedOperations(operation: operation, limit: limit, noting: session.trace)
        }
        let json: JSONValue = ["count": .integer(failed.count), "operations": .array(failed.map(\.jsonValue))]
        try output.show(json) { failed.isEmpty ? "nothing failed\n" : PerformanceLogEntry.table(failed).text($0) }
    }
}

/// All operations together.
struct PerformanceSummaryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "summary", abstract: "Show the figures of all operations together.",
        discussion: "Exits with 1 when there are no samples.\n\nExamples:\n  usdcop performance summary --json")

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func run() async throws {
        let summary = try await connection.withSession { try await $0.performance.getSummary(noting: $0.trace) }
        try output.show(["summary": summary.jsonValue], isThere: summary.totalEntries > 0, orSay: "there are no samples") {
            summary.properties.text($0)
        }
    }
}

/// Removes all samples.
struct PerformanceClearCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clear", abstract: "Remove the samples of all operations.", discussion: "Examples:\n  usdcop performance clear")

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func run() async throws {
        let removed = try await connection.withSession { try await $0.performance.clearMetrics() }
        try output.show(["cleared": .integer(removed)]) { _ in
            "removed the samples of \(removed) \(removed == 1 ? "operation" : "operations")\n"
        }
    }
}

extension PerformanceCommand {
    fileprivate static func check(_ limit: Int) throws {
        guard (1...1000).contains(limit) else { throw ArgumentParser.ValidationError("--limit must be a whole number from 1 to 1000.") }
    }
}

import ArgumentParser
import CacheServices
import HealthServices

/// How long the desk's services take.
struct LatencyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "latency",
        abstract: "Record and show how long services take.",
        discussion: """
            The figures are of the newest 10,000 samples (USDCOP_LATENCY_MAX_SAMPLES) of all processes that record them, and every answer \
            says how far they reach back.

            Examples:
              usdcop latency record api execute_trade 125
              usdcop latency stats api
              usdcop latency trend --service api --minutes 15
              usdcop latency high --limit 3
            """,
        subcommands: [
            LatencyRecordCommand.self, LatencyStatsCommand.self, LatencyTrendCommand.self, LatencyRecentCommand.self,
            LatencyHighCommand.self, LatencyEndToEndCommand.self, LatencyClearCommand.self,
        ])

    /// - Throws: a usage error for a limit that is out of range.
    static func check(limit: Int) throws {
        guard LatencyMonitor.listed.contains(limit) else {
            throw ArgumentParser.ValidationError("--limit must be a whole number from 1 to \(LatencyMonitor.listed.upperBound).")
        }
    }

    /// - Throws: a usage error for a window that is out of range.
    static func check(minutes: Int) throws {
        guard LatencyMonitor.minutes.contains(minutes) else {
            throw ArgumentParser.ValidationError("--minutes must be a whole number from 1 to \(LatencyMonitor.minutes.upperBound).")
        }
    }
}

/// Removes samples.
struct LatencyClearCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clear", abstract: "Remove the samples of a service, or all.",
        discussion: "Examples:\n  usdcop latency clear api\n  usdcop latency clear --all")

    @Argument(help: "Of this service.", transform: Arguments.operation)
    var service: OperationName?

    @Flag(help: "Of all services.")
    var all = false

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Latency") var latency: LatencyOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func validate() throws {
        guard all == (service == nil) else { throw ArgumentParser.ValidationError("Give either a service or --all.") }
    }

    func run() async throws {
        let service = service
        let removed = try await connection.withLatency(latency) { monitor, _ in
            if let service { try await monitor.clearMeasurements(service) } else { try await monitor.clearMeasurements() }
        }
        try output.show(["cleared": .integer(removed)]) { _ in
            "removed \(NumberText.integer(removed)) \(removed == 1 ? "sample" : "samples")\n"
        }
    }
}

import ArgumentParser
import CacheServices
import HealthServices

/// Figures of each operation.
struct LatencyStatsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats", abstract: "Show count, mean, percentiles and success rate of each operation.",
        discussion: """
            Exits with 1 when there are no samples.

            Examples:
              usdcop latency stats
              usdcop latency stats api --operation execute_trade --json | jq '.stats[0].p95_ms'
            """)

    @Argument(help: "Of this service only.", transform: Arguments.operation)
    var service: OperationName?

    @Option(help: ArgumentHelp("Of this operation only.", valueName: "name"), transform: Arguments.operation)
    var operation: OperationName?

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Latency") var latency: LatencyOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func run() async throws {
        let (service, operation) = (service, operation)
        let stats = try await connection.withLatency(latency) { monitor, trace in
            try await monitor.getLatencyStats(service, operation: operation, noting: trace)
        }
        let json = stats.jsonValue { [.init("stats", .array($0.map(\.jsonValue)))] }
        try output.show(json, isThere: !stats.value.isEmpty, orSay: "there are no samples") { style in
            LatencyStats.table(stats.value).text(style) + stats.spanLine(style)
        }
    }
}

/// How latency went.
struct LatencyTrendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trend", abstract: "Show mean, 95th percentile and maximum over time.",
        discussion: """
            Exits with 1 when there are no samples.

            Examples:
              usdcop latency trend
              usdcop latency trend --service api --minutes 60 --interval 300
            """)

    @Option(help: ArgumentHelp("Of this service only.", valueName: "name"), transform: Arguments.operation)
    var service: OperationName?

    @Option(help: ArgumentHelp("Of this operation only.", valueName: "name"), transform: Arguments.operation)
    var operation: OperationName?

    @Option(help: "How far back, 1 to 43200.")
    var minutes = 5

    @Option(help: ArgumentHelp("Seconds of one row; a twentieth of the minutes unless given.", valueName: "seconds"))
    var interval: Int?

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Latency") var latency: LatencyOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func validate() throws {
        try LatencyCommand.check(minutes: minutes)
        guard interval.map({ (1...minutes * 60).contains($0) }) ?? true else {
            throw ArgumentParser.ValidationError("--interval must be a whole number of seconds from 1 to the length of the window.")
        }
    }

    func run() async throws {
        let (service, operation, window, interval) = (service, operation, minutes * 60, interval ?? minutes * 60 / 20)
        let trend = try await connection.withLatency(latency) { monitor, trace in
            try await monitor.getLatencyTrend(
                service: service, operation: operation, window: .seconds(window), interval: .seconds(interval), noting: trace)
        }
        let json = trend.jsonValue { [.init("trend", .array($0.map(\.jsonValue))), .init("interval_seconds", .integer(interval))] }
        try output.show(json, isThere: !trend.value.isEmpty, orSay: "there are no samples of that time") { style in
            LatencyTrendPoint.table(trend.value).text(style) + trend.spanLine(style)
        }
    }
}

/// The newest samples.
struct LatencyRecentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recent", abstract: "Show the newest samples.",
        discussion: "Exits with 1 when there are none.\n\nExamples:\n  usdcop latency recent --service api --limit 20")

    @Option(help: ArgumentHelp("Of this service only.", valueName: "name"), transform: Arguments.operation)
    var service: OperationName?

    @Option(help: "How many, 1 to 1000.")
    var limit = 100

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Latency") var latency: LatencyOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func validate() throws { try LatencyCommand.check(limit: limit) }

    func run() async throws {
        let (service, limit) = (service, limit)
        let recent = try await connection.withLatency(latency) { monitor, trace in
            try await monitor.getRecentMeasurements(limit: limit, service: service, noting: trace)
        }
        let json = recent.jsonValue { [.init("measurements", .array($0.map(\.jsonValue))), .init("count", .integer($0.count))] }
        try output.show(json, isThere: !recent.value.isEmpty, orSay: "there are no samples") { style in
            LatencyMeasurement.table(recent.value).text(style) + recent.spanLine(style)
        }
    }
}

/// Services that take long.
struct LatencyHighCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "high", abstract: "Show the services with the greatest mean latency, greatest first.",
        discussion: "Exits with 1 when there are no samples.\n\nExamples:\n  usdcop latency high --limit 3")

    @Option(help: "How many, 1 to 1000.")
    var limit = 5

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Latency") var latency: LatencyOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func validate() throws { try LatencyCommand.check(limit: limit) }

    func run() async throws {
        let limit = limit
        let services = try await connection.withLatency(latency) { monitor, trace in
            try await monitor.getHighLatencyServices(limit: limit, noting: trace)
        }
        let json = services.jsonValue { [.init("services", .array($0.map(\.jsonValue)))] }
        try output.show(json, isThere: !services.value.isEmpty, orSay: "there are no samples") { style in
            ServiceLatency.table(services.value).text(style) + services.spanLine(style)
        }
    }
}

/// All services together.
struct LatencyEndToEndCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "end-to-end", abstract: "Show the figures of all services together.",
        discussion: "Exits with 1 when there are no samples of that time.\n\nExamples:\n  usdcop latency end-to-end --minutes 15")

    @Option(help: "How far back, 1 to 43200.")
    var minutes = 5

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Latency") var latency: LatencyOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func validate() throws { try LatencyCommand.check(minutes: minutes) }

    func run() async throws {
        let minutes = minutes
        let answer = try await connection.withLatency(latency) { monitor, trace in
            try await monitor.getEndToEndLatency(minutes: minutes, noting: trace)
        }
        let json = answer.jsonValue { [.init("latency", $0?.jsonValue ?? .null)] }
        try output.show(json, isThere: answer.value != nil, orSay: "there are no samples of that time") { style in
            (answer.value?.properties.text(style) ?? "") + answer.spanLine(style)
        }
    }
}

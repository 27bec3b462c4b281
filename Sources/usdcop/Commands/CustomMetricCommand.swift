import ArgumentParser
import CacheServices

/// Metrics under names of the desk's own.
struct CustomMetricCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "custom", abstract: "Read and store custom metrics.",
        discussion: "Examples:\n  usdcop metrics custom set spread_bps 3.5\n  usdcop metrics custom list",
        subcommands: [
            CustomMetricListCommand.self, CustomMetricGetCommand.self, CustomMetricSetCommand.self, CustomMetricDeleteCommand.self,
        ])
}

/// All custom metrics.
struct CustomMetricListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show all custom metrics.", discussion: "Examples:\n  usdcop metrics custom list --json")

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func run() async throws {
        let metrics = try await connection.withSession { try await $0.metrics.getCustomMetrics() }.sorted { $0.key < $1.key }
        let members = metrics.map { JSONValue.Member($0.key.rawValue, $0.value.jsonValue) }
        try output.show(["count": .integer(metrics.count), "metrics": .object(members)]) { style in
            guard !metrics.isEmpty else { return "no custom metrics\n" }
            var table = Table([.left("NAME"), .right("VALUE")])
            for (name, value) in metrics { table.add([Table.Cell(name.rawValue), Table.Cell(value.shown)]) }
            return table.text(style)
        }
    }
}

/// One custom metric.
struct CustomMetricGetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Show a custom metric.",
        discussion: "Exits with 1 when there is none.\n\nExamples:\n  usdcop metrics custom get spread_bps")

    @Argument(help: "The metric's name.", transform: Arguments.metricName)
    var name: MetricName

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func run() async throws {
        let name = name
        let value = try await connection.withSession { try await $0.metrics.getCustomMetric(name) }
        let json: JSONValue = ["name": .string(name.rawValue), "value": value?.jsonValue ?? .null]
        try output.show(json, isThere: value != nil, orSay: "there is no metric \(name)") { _ in (value?.shown ?? "") + "\n" }
    }
}

/// Stores a custom metric.
struct CustomMetricSetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Store a custom metric: a number where the value is one, else a text.",
        discussion: """
            Examples:
              usdcop metrics custom set spread_bps 3.5
              usdcop metrics custom set regime calm
              usdcop metrics custom set bias -- -0.25
            """)

    @Argument(help: "The metric's name.", transform: Arguments.metricName)
    var name: MetricName

    @Argument(help: "Its value.")
    var value: String

    @Flag(help: "Store a text even where the value looks like a number.")
    var text = false

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func run() async throws {
        let (name, bytes) = (name, Array(value.utf8))
        var metric = try CustomMetricValue(value)
        if !text, case .number(let number)? = try? JSONParser.parse(bytes) { metric = .number(number) }
        let stored = metric
        try await connection.withSession { try await $0.metrics.setCustomMetric(name, stored) }
        try output.show(["name": .string(name.rawValue), "value": stored.jsonValue]) { _ in "stored \(name)\n" }
    }
}

/// Removes a custom metric.
struct CustomMetricDeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Remove a custom metric.",
        discussion: "Exits with 1 when there is none.\n\nExamples:\n  usdcop metrics custom delete spread_bps")

    @Argument(help: "The metric's name.", transform: Arguments.metricName)
    var name: MetricName

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func run() async throws {
        let name = name
        let wasThere = try await connection.withSession { try await $0.metrics.deleteCustomMetric(name) }
        try output.show(["deleted": .bool(wasThere)], isThere: wasThere, orSay: "there is no metric \(name)") { _ in "removed \(name)\n" }
    }
}

extension CustomMetricValue {
    /// The value for people.
    fileprivate var shown: String {
        switch self {
        case .number(let number): NumberText.plain(number.value)
        case .text(let text): Table.Cell.shown(text)
        }
    }
}

import ArgumentParser
import CacheServices

/// The open positions of the desk.
struct PositionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "position",
        abstract: "Read, store and remove open positions.",
        discussion: """
            Examples:
              usdcop position list
              usdcop position set position.json
              usdcop position aggregate --json
            """,
        subcommands: [
            PositionListCommand.self, PositionGetCommand.self, PositionSetCommand.self, PositionDeleteCommand.self,
            PositionAggregateCommand.self,
        ])
}

/// All open positions.
struct PositionListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show all open positions.", discussion: "Examples:\n  usdcop position list --json")

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func run() async throws {
        let positions = try await connection.withSession { try await $0.metrics.getAllPositions() }.values.sorted { $0.symbol < $1.symbol }
        try output.show(["count": .integer(positions.count), "positions": .array(positions.map(\.jsonValue))]) {
            positions.isEmpty ? "no open positions\n" : Position.table(positions).text($0)
        }
    }
}

/// One open position.
struct PositionGetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Show the open position of a symbol.",
        discussion: "Exits with 1 when there is none.\n\nExamples:\n  usdcop position get USDCOP")

    @Argument(help: "What is held.", transform: Arguments.symbol)
    var symbol: Symbol

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func run() async throws {
        let symbol = symbol
        let position = try await connection.withSession { try await $0.metrics.getPosition(symbol) }
        let json: JSONValue = ["position": position?.jsonValue ?? .null]
        try output.show(json, isThere: position != nil, orSay: "there is no open position of \(symbol)") { style in
            position.map { Position.table([$0]).text(style) } ?? ""
        }
    }
}

/// Stores a position.
struct PositionSetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Store a position under its symbol; one with status CLOSED removes what is there.",
        discussion: "Examples:\n  usdcop position set position.json\n  echo '{…}' | usdcop position set -")

    @Argument(help: ArgumentHelp("A file with one JSON object, or - for standard input.", valueName: "file"), completion: .file())
    var path: String

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func run() async throws {
        _ = try connection.load()
        let position = try Position(strict: try await InputFile.contents(of: path, limit: JSONDocument.valueLimit))
        let change = try await connection.withSession { try await $0.metrics.setPosition(position.symbol, position) }
        try output.show(["symbol": .string(position.symbol.rawValue), "position": .string(change.rawValue)]) { _ in
            change == .stored ? "stored the position of \(position.symbol)\n" : "removed the position of \(position.symbol): it is closed\n"
        }
    }
}

/// Removes a position.
struct PositionDeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Remove the position of a symbol.",
        discussion: "Exits with 1 when there is none.\n\nExamples:\n  usdcop position delete USDCOP")

    @Argument(help: "What was held.", transform: Arguments.symbol)
    var symbol: Symbol

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func run() async throws {
        let symbol = symbol
        let wasThere = try await connection.withSession { try await $0.metrics.deletePosition(symbol) }
        try output.show(["deleted": .bool(wasThere)], isThere: wasThere, orSay: "there is no open position of \(symbol)") { _ in
            "removed the position of \(symbol)\n"
        }
    }
}

/// Totals over all open positions.
struct PositionAggregateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "aggregate", abstract: "Add up all open positions.", discussion: "Examples:\n  usdcop position aggregate")

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func run() async throws {
        let totals = try await connection.withSession { try await $0.metrics.getAggregatePositionMetrics() }
        try output.show(totals.jsonValue) { style in
            Table(properties: [
                ("positions", Table.Cell(NumberText.integer(totals.totalPositions))),
                ("total PnL", Table.Cell(NumberText.amount(totals.totalPnL), .init(gain: totals.totalPnL))),
                ("profitable", Table.Cell(NumberText.integer(totals.profitablePositions))),
                ("losing", Table.Cell(NumberText.integer(totals.losingPositions))),
                ("win rate", Table.Cell(NumberText.percent(totals.winRate))),
            ]).text(style)
        }
    }
}

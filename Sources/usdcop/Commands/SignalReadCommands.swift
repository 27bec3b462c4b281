import ArgumentParser
import CacheServices
import LoggingServices

/// The latest signal of all symbols.
struct SignalLatestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "latest", abstract: "Show the latest signal.",
        discussion: """
            Exits with 1 when there is none.

            Examples:
              usdcop signal latest
              usdcop signal latest --json | jq .signal.price
            """)

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func run() async throws {
        let signal = try await connection.withSession { try await $0.signals.getLatest() }
        try output.show(["signal": signal?.jsonValue ?? .null], isThere: signal != nil, orSay: "there is no signal") { style in
            signal?.properties.text(style) ?? ""
        }
    }
}

/// A symbol's signals.
struct SignalHistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Show the signals of a symbol, last arrived first.",
        discussion: "Examples:\n  usdcop signal history USDCOP\n  usdcop signal history USDCOP --limit 100 --json")

    @Argument(help: "What the signals are about.", transform: Arguments.symbol)
    var symbol: Symbol

    @Option(help: "How many signals, 1 to 100.")
    var limit = 50

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func validate() throws {
        guard (1...100).contains(limit) else { throw ArgumentParser.ValidationError("--limit must be a whole number from 1 to 100.") }
    }

    func run() async throws {
        let (symbol, limit) = (symbol, limit)
        let signals = try await connection.withSession { try await $0.signals.getHistory(symbol, limit: limit) }
        let json: JSONValue = [
            "symbol": .string(symbol.rawValue), "count": .integer(signals.count), "signals": .array(signals.map(\.jsonValue)),
        ]
        try output.show(json) { signals.isEmpty ? "no signals of \(symbol)\n" : Signal.table(signals).text($0) }
    }
}

/// Counts and means of a symbol's history.
struct SignalStatsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats", abstract: "Count the signals of a symbol by action and model.",
        discussion: "Examples:\n  usdcop signal stats USDCOP")

    @Argument(help: "What the signals are about.", transform: Arguments.symbol)
    var symbol: Symbol

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func run() async throws {
        let symbol = symbol
        let stats = try await connection.withSession { session in
            let history = try await session.signals.getHistory(symbol, limit: 100)
            do throws(AuditError) {
                return SignalStats(history, successRate: try await session.trail.successRate(of: history))
            } catch {
                // The counts are the cache's: they do not depend on the trail.
                Console().note("usdcop: warning: the success rate is unknown: \(error.message)")
                return SignalStats(history)
            }
        }
        try output.show(["symbol": .string(symbol.rawValue), "stats": stats.jsonValue]) { style in
            var properties: [(String, Table.Cell)] = [
                ("symbol", Table.Cell(symbol.rawValue, .heading)), ("signals", Table.Cell(NumberText.integer(stats.total))),
                ("buy", Table.Cell(NumberText.integer(stats.buy), .good)), ("sell", Table.Cell(NumberText.integer(stats.sell), .bad)),
                ("hold", Table.Cell(NumberText.integer(stats.hold), .caution)),
                ("mean confidence", Table.Cell(NumberText.percent(stats.avgConfidence))),
                ("success rate", Table.Cell(NumberText.percent(stats.successRate))),
            ]
            for (model, count) in stats.byModel.sorted(by: { $0.key < $1.key }) {
                properties.append(("model \(Table.Cell.shown(model))", Table.Cell(NumberText.integer(count))))
            }
            return Table(properties: properties).text(style)
        }
    }
}

/// A symbol's signals of a span of time.
struct SignalRangeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "range", abstract: "Show the signals of a symbol between two times, both included.",
        discussion: "Examples:\n  usdcop signal range USDCOP --start 2025-08-01T00:00:00Z --end 2025-08-31T23:59:59Z")

    @Argument(help: "What the signals are about.", transform: Arguments.symbol)
    var symbol: Symbol

    @Option(help: "The first instant, in ISO 8601.", transform: Arguments.time)
    var start: Timestamp

    @Option(help: "The last instant, in ISO 8601.", transform: Arguments.time)
    var end: Timestamp

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func validate() throws {
        guard start <= end else { throw ArgumentParser.ValidationError("--end must not be before --start.") }
    }

    func run() async throws {
        let (symbol, start, end) = (symbol, start, end)
        let signals = try await connection.withSession { try await $0.signals.getSignalsInRange(symbol, from: start, to: end) }
        let json: JSONValue = [
            "symbol": .string(symbol.rawValue), "start": .string(start.iso8601), "end": .string(end.iso8601),
            "count": .integer(signals.count), "signals": .array(signals.map(\.jsonValue)),
        ]
        try output.show(json) { signals.isEmpty ? "no signals of \(symbol) in this time\n" : Signal.table(signals).text($0) }
    }
}

/// All symbols with a history.
struct SignalSymbolsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "symbols", abstract: "Show every symbol that has a history, with its latest signal.",
        discussion: "Examples:\n  usdcop signal symbols\n  usdcop signal symbols --json | jq -r '.symbols[]'")

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func run() async throws {
        let (symbols, latest) = try await connection.withSession { session in
            (try await session.signals.getSymbolsWithHistory(), try await session.signals.getLatestBySymbol())
        }
        let members = latest.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key.rawValue, $0.value.jsonValue) }
        let json: JSONValue = ["symbols": .array(symbols.map { .string($0.rawValue) }), "latest": .object(members)]
        try output.show(json) { style in
            guard !symbols.isEmpty else { return "no symbols\n" }
            var table = Table([.left("SYMBOL"), .left("TIME"), .left("ACTION"), .right("CONFIDENCE"), .right("PRICE")])
            for symbol in symbols {
                guard let signal = latest[symbol] else {
                    table.add([Table.Cell(symbol.rawValue), "unreadable"])
                    continue
                }
                table.add([
                    Table.Cell(symbol.rawValue), Table.Cell(signal.timestamp.iso8601),
                    Table.Cell(signal.action.rawValue, .init(signal.action)), Table.Cell(NumberText.percent(signal.confidence)),
                    Table.Cell(NumberText.amount(signal.price)),
                ])
            }
            return table.text(style)
        }
    }
}

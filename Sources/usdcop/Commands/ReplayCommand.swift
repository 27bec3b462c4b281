import ArgumentParser
import CacheServices
import DashboardServer

/// Turns a price history into signals, positions and metrics, through the real services.
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Replay a price history from a CSV file.",
        discussion: """
            The columns are found by their names (time, date, timestamp, vigenciadesde; close, price, value, valor) or by option. Numbers \
            such as "$4,008.70" and day-first dates are understood; a date means midnight in Bogotá. Rows are sorted by time; a bad row \
            is reported by its line and skipped. The strategy is simple: RSI(14) and MACD on the price give BUY, SELL or HOLD with a \
            confidence, and a paper account trades on them. A replay can be repeated: a signal that the history still holds (the newest \
            100 of a symbol) is recognised. Everything is recorded in the audit trail, marked as of a paper account, and again with each \
            replay; --no-audit leaves the trail alone.

            Examples:
              usdcop replay trm.csv
              usdcop replay prices.csv --symbol EURCOP --time-column fecha --price-column cierre
              usdcop replay trm.csv --speed 10
            """)

    @Argument(
        help: ArgumentHelp("A CSV file with a header row, or - for standard input.", valueName: "file"),
        completion: .file(extensions: ["csv"]))
    var path: String

    @Option(
        help: ArgumentHelp("Rows that are replayed in a second; as fast as Redis answers unless given.", valueName: "rows"),
        transform: Arguments.speed)
    var speed: Double?

    @Option(help: "What the prices are of.", transform: Arguments.symbol)
    var symbol: Symbol = "USDCOP"

    @Option(help: "The header of the column with the time.")
    var timeColumn: String?

    @Option(help: "The header of the column with the price.")
    var priceColumn: String?

    @Flag(inversion: .prefixedNo, help: "Record signals, executions and positions in the audit trail.")
    var audit = true

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Audit trail") var trail: AuditOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    /// The most bytes of a file; of each row one price is kept.
    private static let limit = 1 << 30

    func run() async throws {
        let variables = ConfigurationTable.connection + (audit ? ConfigurationTable.audit : [])
        let flags = audit ? trail.flags : [:]
        _ = try connection.check(variables, adding: flags)
        let history = try await read()
        let console = Console()
        for row in history.badRows.prefix(20) { console.note("usdcop: line \(row.line): \(row.reason); skipped") }
        if history.badRowCount > 20 { console.note("usdcop: and \(history.badRowCount - 20) more bad rows") }
        guard !history.points.isEmpty else { throw CommandFailure(.badData, "\(path) has no row that can be used") }
        let runner = ReplayRunner(symbol: symbol, speed: speed)
        let (connection, audit) = (connection, audit)
        let ending = try await withInterruption {
            try await connection.withSession(variables, adding: flags) { session in
                let bar = ProgressBar("replaying", total: history.points.count)
                guard audit else { return try await runner.run(history, on: session, showing: bar) }
                return try await session.withAudit { audit in
                    try await runner.run(history, on: session, audit: ReplayAudit(audit), showing: bar)
                }
            }
        }
        switch ending {
        case .finished(let summary): try show(summary)
        case .interrupted(_, let summary):
            if let summary { try show(summary) }
            throw CommandFailure(.interrupted, "interrupted; a repeated replay goes over what was done and adds the rest")
        }
    }

    private func show(_ summary: ReplaySummary) throws {
        try output.show(summary.jsonValue) { summary.table.text($0) }
    }

    private func read() async throws -> PriceHistory {
        let (timeColumn, priceColumn) = (timeColumn, priceColumn)
        return try await InputFile.with(path) { file in
            var reader = PriceHistoryReader(timeColumn: timeColumn, priceColumn: priceColumn)
            var bar = ProgressBar("reading", total: file.size ?? 0, isShown: file.size ?? 0 > 4 << 20 && Console.isTerminal(2))
            defer { bar.clear() }
            var count = 0
            do {
                while true {
                    let chunk = try await file.chunk()
                    if chunk.isEmpty { break }
                    count += chunk.count
                    guard count <= Self.limit else { throw CommandFailure(.badData, "\(file.name) has more than \(Self.limit) bytes") }
                    try reader.feed(chunk)
                    bar.update(count)
                }
                return try reader.finish()
            } catch let error as PriceHistoryError {
                throw CommandFailure(.badData, "\(file.name): \(error)")
            }
        }
    }
}

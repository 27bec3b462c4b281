import CacheServices

/// What a replay did.
struct ReplaySummary: Sendable {
    let symbol: Symbol
    /// Rows below the header, good and bad.
    var rows = 0
    /// Rows that were passed over, in the order of the file: at most ``PriceHistory/badRowListLimit``.
    var badRows: [PriceHistory.BadRow] = []
    /// How many rows were passed over.
    var badRowCount = 0
    /// Rows that gave way to a later row with the same time.
    var repeatedTimes = 0
    /// Rows whose time lies ahead of the clock.
    var futureRows = 0
    /// Signals that were published.
    var published = 0
    /// Of these: a newer latest signal was there and stayed.
    var older = 0
    /// Of these: the history had the same signal already.
    var duplicates = 0
    /// Positions that were opened.
    var opened = 0
    /// Positions that were closed.
    var closed = 0
    /// Events that the audit trail took; `nil` when none were asked for.
    var recorded: Int?
    /// The last signal.
    var lastSignal: Signal?
    /// The last figures.
    var metrics: FinancialMetrics?
    /// How long the publishing took.
    var elapsed = Duration.zero
    /// Whether it was ended before the last row.
    var isInterrupted = false

    init(symbol: Symbol) {
        self.symbol = symbol
    }

    /// Takes over what the file said.
    mutating func note(_ history: PriceHistory) {
        rows = history.rowCount
        badRows = history.badRows
        badRowCount = history.badRowCount
        repeatedTimes = history.duplicateCount
    }

    /// Signals in a second; `nil` before there is anything to measure.
    var rate: Double? {
        let seconds = elapsed / .seconds(1)
        return seconds > 0 && published > 0 ? Double(published) / seconds : nil
    }

    /// The summary for machines.
    var jsonValue: JSONValue {
        [
            "symbol": .string(symbol.rawValue), "rows": .integer(rows), "bad_rows": .integer(badRowCount),
            "bad_row_list": .array(badRows.map { ["line": .integer($0.line), "reason": .string($0.reason.description)] }),
            "repeated_times": .integer(repeatedTimes), "future_rows": .integer(futureRows), "published": .integer(published),
            "older": .integer(older), "duplicates": .integer(duplicates), "positions_opened": .integer(opened),
            "positions_closed": .integer(closed), "audit_events": recorded.map(JSONValue.integer) ?? .null,
            "elapsed_ms": .finite((elapsed / .milliseconds(1)).rounded()),
            "interrupted": .bool(isInterrupted), "last_signal": lastSignal?.jsonValue ?? .null, "metrics": metrics?.jsonValue ?? .null,
        ]
    }

    /// The summary for people.
    var table: Table {
        var properties: [(String, Table.Cell)] = [
            ("symbol", Table.Cell(symbol.rawValue, .heading)), ("rows", Table.Cell(NumberText.integer(rows))),
            ("bad rows", Table.Cell(NumberText.integer(badRowCount), badRowCount > 0 ? .caution : .normal)),
            ("published", Table.Cell(NumberText.integer(published), .good)),
            ("answered older", Table.Cell(NumberText.integer(older))), ("answered duplicate", Table.Cell(NumberText.integer(duplicates))),
            ("positions", Table.Cell("\(NumberText.integer(opened)) opened, \(NumberText.integer(closed)) closed")),
        ]
        if let recorded { properties.append(("audit events", Table.Cell(NumberText.integer(recorded)))) }
        if repeatedTimes > 0 { properties.append(("repeated times", Table.Cell(NumberText.integer(repeatedTimes)))) }
        if futureRows > 0 { properties.append(("in the future", Table.Cell(NumberText.integer(futureRows), .caution))) }
        if let lastSignal {
            properties += [
                (
                    "last signal",
                    Table.Cell("\(lastSignal.action.rawValue) at \(NumberText.amount(lastSignal.price))", .init(lastSignal.action))
                ),
                ("of", Table.Cell(lastSignal.timestamp.iso8601)),
            ]
        }
        if let metrics {
            properties += [
                ("total PnL", Table.Cell(NumberText.amount(metrics.totalPnL), .init(gain: metrics.totalPnL ?? 0))),
                ("win rate", Table.Cell(NumberText.percent(metrics.winRate))),
                ("Sharpe ratio", Table.Cell(NumberText.plain(metrics.sharpeRatio.map { ($0 * 1000).rounded() / 1000 }))),
                ("max drawdown", Table.Cell(NumberText.percent(metrics.maxDrawdown))),
            ]
        }
        let rate = rate.map { " (\(NumberText.integer(Int($0)))/s)" } ?? ""
        properties.append(("took", Table.Cell(NumberText.duration(elapsed) + rate)))
        return Table(properties: properties)
    }
}

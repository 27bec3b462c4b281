import CacheServices

extension Signal {
    /// A table of signals.
    static func table(_ signals: [Signal]) -> Table {
        var table = Table([
            .left("TIME"), .left("SYMBOL"), .left("ACTION"), .right("CONFIDENCE"), .right("PRICE"), .left("MODEL"), .left("SIGNAL"),
        ])
        for signal in signals { table.add(signal.cells) }
        return table
    }

    /// The signal as a row.
    var cells: [Table.Cell] {
        [
            Table.Cell(timestamp.iso8601), Table.Cell(symbol.rawValue), Table.Cell(action.rawValue, .init(action)),
            Table.Cell(NumberText.percent(confidence)), Table.Cell(NumberText.amount(price)), Table.Cell(modelVersion),
            Table.Cell(signalID, .faint),
        ]
    }

    /// The signal with all that belongs to it, one property on each line.
    var properties: Table {
        let features = features.sorted { $0.key < $1.key }.map { ("  " + Table.Cell.shown($0.key), Table.Cell(NumberText.plain($0.value))) }
        return Table(
            properties: [
                ("symbol", Table.Cell(symbol.rawValue, .heading)), ("action", Table.Cell(action.rawValue, .init(action))),
                ("confidence", Table.Cell(NumberText.percent(confidence))), ("price", Table.Cell(NumberText.amount(price))),
                ("time", Table.Cell(timestamp.iso8601)), ("signal", Table.Cell(signalID)), ("model", Table.Cell(modelVersion)),
                ("latency", Table.Cell(NumberText.plain(executionLatencyMS) + " ms")),
                ("features", Table.Cell(features.isEmpty ? "none" : "\(features.count)")),
            ] + features)
    }
}

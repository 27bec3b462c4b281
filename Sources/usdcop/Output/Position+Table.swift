import CacheServices

extension Position {
    /// A table of positions.
    static func table(_ positions: [Position]) -> Table {
        var table = Table([
            .left("SYMBOL"), .right("QUANTITY"), .right("ENTRY"), .right("CURRENT"), .right("PNL"), .right("PNL %"), .left("SINCE"),
            .left("POSITION"),
        ])
        for position in positions {
            let tone = TextStyle.Tone(gain: position.pnl)
            table.add([
                Table.Cell(position.symbol.rawValue), Table.Cell(NumberText.plain(position.quantity)),
                Table.Cell(NumberText.amount(position.entryPrice)), Table.Cell(NumberText.amount(position.currentPrice)),
                Table.Cell(NumberText.amount(position.pnl), tone), Table.Cell(NumberText.percent(position.pnlPercent / 100), tone),
                Table.Cell(position.entryTime.iso8601), Table.Cell(position.positionID, .faint),
            ])
        }
        return table
    }
}

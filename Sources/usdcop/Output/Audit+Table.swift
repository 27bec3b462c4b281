import CacheServices
import LoggingServices

extension TextStyle.Tone {
    /// The colour of a kind of event.
    init(_ type: AuditEventType) {
        self =
            switch type {
            case .signalGenerated: .signal
            case .signalExecuted, .positionOpened, .positionClosed: .good
            case .riskAlert: .bad
            case .systemEvent: .caution
            }
    }
}

extension AuditTrailEntry {
    /// A table of events.
    static func table(_ entries: [AuditTrailEntry]) -> Table {
        var table = Table([.left("TIME"), .left("EVENT"), .left("SYMBOL"), .left("ACTION"), .left("USER"), .left("AUDIT ID")])
        for entry in entries { table.add(entry.cells) }
        return table
    }

    /// The event alone, in columns wide enough for almost everything, so that lines stay aligned although each is written alone.
    func line(_ style: TextStyle) -> String {
        let type = entry.eventType.rawValue
        let width = AuditEventType.allCases.map(\.rawValue.count).max() ?? 0
        var table = Table([.left(""), .left(""), .left(""), .left("")])
        table.add([
            Table.Cell(entry.timestamp.iso8601),
            Table.Cell(type + String(repeating: " ", count: width - type.count), .init(entry.eventType)),
            Table.Cell(entry.symbol.rawValue), Table.Cell(entry.action),
        ])
        return table.text(style)
    }

    private var cells: [Table.Cell] {
        [
            Table.Cell(entry.timestamp.iso8601), Table.Cell(entry.eventType.rawValue, .init(entry.eventType)),
            Table.Cell(entry.symbol.rawValue), Table.Cell(entry.action), Table.Cell(entry.userID ?? "–"),
            Table.Cell(entry.auditID, .faint),
        ]
    }
}

extension AuditStats {
    /// The counts under each other, then by type and symbol.
    func text(_ style: TextStyle) -> String {
        func count(_ value: Int) -> Table.Cell { Table.Cell(NumberText.integer(value)) }
        var properties: [(String, Table.Cell)] = [
            ("events", count(totalEvents)), ("in the last hour", count(recentEvents)), ("oldest", Table.Cell(oldest?.iso8601 ?? "–")),
            ("newest", Table.Cell(newest?.iso8601 ?? "–")),
        ]
        if unreadableEvents > 0 { properties.append(("unreadable", Table.Cell(NumberText.integer(unreadableEvents), .bad))) }
        var types = Table([.left("EVENT"), .right("COUNT")])
        for type in AuditEventType.allCases { types.add([Table.Cell(type.rawValue, .init(type)), count(eventsByType[type] ?? 0)]) }
        var symbols = Table([.left("SYMBOL"), .right("COUNT")])
        for (symbol, number) in eventsBySymbol.sorted(by: { $0.key < $1.key }) {
            symbols.add([Table.Cell(symbol.rawValue), count(number)])
        }
        return Table(properties: properties).text(style) + "\n" + types.text(style)
            + (eventsBySymbol.isEmpty ? "" : "\n" + symbols.text(style))
    }
}

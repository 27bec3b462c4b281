import CacheServices
import HealthServices

extension AlertRecord {
    /// A table of alerts, one line for each delivery.
    static func table(_ alerts: [AlertRecord]) -> Table {
        var table = Table([
            .left("TIME"), .left("ALERT"), .left("MESSAGE"), .left("RESULT"), .left("CHANNEL"), .right("ATTEMPTS"), .left("DETAIL"),
        ])
        for record in alerts {
            let alert = record.alert
            let (what, tone) = alert.subject.label
            let own = [Table.Cell(alert.at.iso8601), Table.Cell(what, tone), Table.Cell(alert.message)]
            if record.deliveries.isEmpty { table.add(own + [Table.Cell("– waiting", .faint)]) }
            for (place, delivery) in record.deliveries.enumerated() {
                table.add((place == 0 ? own : ["", "", ""]) + delivery.cells)
            }
        }
        return table
    }
}

extension Alert.Subject {
    /// What it is about, in a few words with a colour.
    fileprivate var label: (String, TextStyle.Tone) {
        switch self {
        case .service(let name, let from, let to):
            ("\(name): \(from.map { "\($0) → " } ?? "")\(to)", to == "healthy" ? .good : to == "degraded" ? .caution : .bad)
        case .risk(let severity, let symbol): ("\(symbol): \(severity.map { "\($0) " } ?? "")risk", .bad)
        }
    }
}

extension AlertDelivery {
    fileprivate var cells: [Table.Cell] {
        // Neither a channel nor attempts to speak of.
        guard result != .unsent else { return [result.cell] }
        return [result.cell, Table.Cell(channel), Table.Cell(NumberText.integer(attempts)), Table.Cell(detail ?? "", .faint)]
    }
}

extension AlertDelivery.Result {
    /// A shape and a colour, so that it can be told without either.
    fileprivate var cell: Table.Cell {
        switch self {
        case .sent: Table.Cell("✓ sent", .good)
        case .failed: Table.Cell("✗ failed", .bad)
        case .suppressed: Table.Cell("· suppressed", .faint)
        case .unsent: Table.Cell("– not sent: no channel", .caution)
        }
    }
}

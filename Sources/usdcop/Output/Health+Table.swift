import CacheServices
import HealthServices

extension ServiceStatus {
    /// Its shape, so that it is understood without colours.
    var symbol: String {
        switch self {
        case .healthy: "●"
        case .degraded: "▲"
        case .unhealthy: "✖"
        }
    }

    var tone: TextStyle.Tone {
        switch self {
        case .healthy: .good
        case .degraded: .caution
        case .unhealthy: .bad
        }
    }
}

extension SystemHealth {
    /// A headline and a table, worst services first.
    func text(_ style: TextStyle, strips: [OperationName: [HealthSample]] = [:]) -> String {
        let counts = [ServiceStatus.healthy, .degraded, .unhealthy].map { "\(count($0)) \($0.rawValue)" }.joined(separator: ", ")
        var lines = style.apply(overallStatus.tone, to: "\(overallStatus.symbol) \(overallStatus.rawValue.uppercased())")
        lines += "  \(services.count) services: \(counts)  " + style.apply(.faint, to: timestamp.iso8601) + "\n"
        if case .thisProcess(let reason) = source { lines += style.apply(.caution, to: reason) + "\n" }
        guard !services.isEmpty else { return lines + "no services are registered\n" }
        let hasStrips = strips.values.contains { !$0.isEmpty }
        var table = Table(
            [
                .left(""), .left("SERVICE"), .left("STATUS"), .right("LATENCY"), .right("CHECKED"), .right("UP FOR"), .right("ERRORS"),
                .right("REQ/MIN"), .right("MEM MB"),
            ] + (hasStrips ? [.left("LAST CHECKS")] : []) + [.left("REASON")])
        let order: [ServiceStatus] = [.unhealthy, .degraded, .healthy]
        for health in order.flatMap({ status in services.filter { $0.status == status } }) {
            let strip = (strips[health.service] ?? []).reversed().map(\.status.symbol).joined()
            table.add(
                health.cells(at: timestamp) + (hasStrips ? [Table.Cell(strip, .faint)] : []) + [Table.Cell(health.reason ?? "", .faint)])
        }
        return lines + "\n" + table.text(style)
    }
}

extension ServiceHealth {
    fileprivate func cells(at now: Timestamp) -> [Table.Cell] {
        [
            Table.Cell(status.symbol, status.tone), Table.Cell(service.rawValue), Table.Cell(status.rawValue, status.tone),
            Table.Cell(latency.map { "\(TimeText.short($0))" } ?? "–", status == .healthy ? .normal : status.tone),
            Table.Cell(lastCheck.map { "\(TimeText.short(now - $0)) ago" } ?? "never"),
            Table.Cell(details.uptime.map { $0 > .zero ? TimeText.short($0) : "–" } ?? "–"),
            Table.Cell(details.errorRate.map { NumberText.percent($0) } ?? "–", (details.errorRate ?? 0) > 0 ? .caution : .normal),
            Table.Cell(details.requestsPerMinute.map { NumberText.amount($0) } ?? "–"),
            Table.Cell(details.memoryUsageMB.map { NumberText.amount($0) } ?? "–"),
        ]
    }

    /// One service, one property on each line.
    var properties: Table {
        var rows: [(String, Table.Cell)] = [
            ("service", Table.Cell(service.rawValue, .heading)), ("status", Table.Cell("\(status.symbol) \(status.rawValue)", status.tone)),
            ("latency", Table.Cell(latency.map { NumberText.amount($0.inMilliseconds) + " ms" } ?? "–")),
            ("checked", Table.Cell(lastCheck?.iso8601 ?? "never")),
            ("up for", Table.Cell(details.uptime.map { TimeText.short($0) } ?? "–")),
            ("errors", Table.Cell(details.errorRate.map { NumberText.percent($0) } ?? "–")),
            ("requests per minute", Table.Cell(details.requestsPerMinute.map { NumberText.amount($0) } ?? "–")),
            ("memory", Table.Cell(details.memoryUsageMB.map { NumberText.amount($0) + " MB" } ?? "–")),
        ]
        if let reason { rows.append(("reason", Table.Cell(reason, status.tone))) }
        rows += metadata.sorted { $0.key < $1.key }.map { ($0.key, Table.Cell($0.value)) }
        return Table(properties: rows)
    }
}

extension HealthSample {
    /// A table of checks.
    static func table(_ samples: [HealthSample]) -> Table {
        var table = Table([.left("TIME"), .left("STATUS"), .right("LATENCY"), .left("REASON")])
        for sample in samples {
            table.add([
                Table.Cell(sample.at.iso8601), Table.Cell("\(sample.status.symbol) \(sample.status.rawValue)", sample.status.tone),
                Table.Cell(sample.latency.map { NumberText.amount($0.inMilliseconds) + " ms" } ?? "–"),
                Table.Cell(sample.reason ?? "", .faint),
            ])
        }
        return table
    }
}

import CacheServices
import HealthServices

extension LatencyStats {
    /// A table of operations, times in milliseconds.
    static func table(_ stats: [LatencyStats]) -> Table {
        var table = Table([
            .left("SERVICE"), .left("OPERATION"), .right("COUNT"), .right("MEAN MS"), .right("MIN"), .right("P50"), .right("P95"),
            .right("P99"), .right("MAX"), .right("SUCCESS"),
        ])
        for one in stats {
            table.add(
                [Table.Cell(one.service.rawValue), Table.Cell(one.operation.rawValue), Table.Cell(NumberText.integer(one.count))]
                    + [one.avgMS, one.minMS, one.p50MS, one.p95MS, one.p99MS, one.maxMS].map(Table.Cell.init(latency:))
                    + [Table.Cell(successRate: one.successRate)])
        }
        return table
    }
}

extension LatencyTrendPoint {
    /// A table of intervals, times in milliseconds.
    static func table(_ points: [LatencyTrendPoint]) -> Table {
        var table = Table([.left("FROM"), .right("COUNT"), .right("MEAN MS"), .right("P95"), .right("MAX")])
        for one in points {
            table.add(
                [Table.Cell(one.timestamp.iso8601), Table.Cell(NumberText.integer(one.count))]
                    + [one.avgLatencyMS, one.p95MS, one.maxMS].map(Table.Cell.init(latency:)))
        }
        return table
    }
}

extension LatencyMeasurement {
    /// A table of samples.
    static func table(_ measurements: [LatencyMeasurement]) -> Table {
        var table = Table([.left("TIME"), .left("SERVICE"), .left("OPERATION"), .right("MS"), .left("RESULT"), .left("METADATA")])
        for one in measurements {
            let metadata = one.jsonValue["metadata"].map { String(decoding: JSONWriter.bytes($0), as: UTF8.self) }
            table.add([
                Table.Cell(one.timestamp.iso8601), Table.Cell(one.service.rawValue), Table.Cell(one.operation.rawValue),
                Table.Cell(latency: one.latencyMS), one.success ? Table.Cell("ok", .good) : Table.Cell("failed", .bad),
                Table.Cell(metadata ?? "", .faint),
            ])
        }
        return table
    }
}

extension ServiceLatency {
    /// A table of services, times in milliseconds.
    static func table(_ services: [ServiceLatency]) -> Table {
        var table = Table([
            .left("SERVICE"), .right("COUNT"), .right("MEAN MS"), .right("MIN"), .right("P95"), .right("MAX"), .right("SUCCESS"),
        ])
        for one in services {
            table.add(
                [Table.Cell(one.service.rawValue), Table.Cell(NumberText.integer(one.count))]
                    + [one.avgMS, one.minMS, one.p95MS, one.maxMS].map(Table.Cell.init(latency:))
                    + [Table.Cell(successRate: one.successRate)])
        }
        return table
    }
}

extension EndToEndLatency {
    /// The figures under each other.
    var properties: Table {
        func time(_ value: Double) -> Table.Cell { Table.Cell(NumberText.amount(value) + " ms") }
        return Table(properties: [
            ("samples", Table.Cell(NumberText.integer(count))), ("mean", time(avgMS)), ("min", time(minMS)), ("p95", time(p95MS)),
            ("max", time(maxMS)),
        ])
    }
}

extension LatencyAnswer {
    /// Which span of time the answer covers, as a line below it.
    func spanLine(_ style: TextStyle) -> String {
        guard let from else { return "" }
        return style.apply(.faint, to: "samples from \(from.iso8601) to \(to.iso8601)") + "\n"
    }
}

extension Table.Cell {
    /// Milliseconds, by the thresholds of health: from 500 on with care, above 1,000 bad.
    fileprivate init(latency: Double) {
        self.init(NumberText.amount(latency), latency > 1000 ? .bad : latency >= 500 ? .caution : .normal)
    }

    fileprivate init(successRate: Double) {
        self.init(NumberText.percent(successRate), successRate < 1 ? .caution : .normal)
    }
}

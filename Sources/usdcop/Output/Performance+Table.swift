import CacheServices
import LoggingServices

extension LatencyMetrics {
    /// A table of operations, times in milliseconds.
    static func table(_ metrics: [LatencyMetrics]) -> Table {
        var table = Table([
            .left("OPERATION"), .right("COUNT"), .right("MEAN MS"), .right("MIN"), .right("P50"), .right("P95"), .right("P99"),
            .right("MAX"), .right("SUCCESS"),
        ])
        for one in metrics {
            let times = [one.avgMS, one.minMS, one.p50MS, one.p95MS, one.p99MS, one.maxMS]
            table.add(
                [Table.Cell(one.operation.rawValue), Table.Cell(NumberText.integer(one.count))]
                    + times.map { Table.Cell(NumberText.amount($0)) }
                    + [Table.Cell(NumberText.percent(one.successRate), one.successRate < 1 ? .caution : .normal)])
        }
        return table
    }

    /// One operation, one property on each line.
    var properties: Table {
        func time(_ value: Double) -> Table.Cell { Table.Cell(NumberText.amount(value) + " ms") }
        return Table(properties: [
            ("operation", Table.Cell(operation.rawValue, .heading)), ("samples", Table.Cell(NumberText.integer(count))),
            ("mean", time(avgMS)), ("min", time(minMS)), ("p50", time(p50MS)), ("p95", time(p95MS)), ("p99", time(p99MS)),
            ("max", time(maxMS)), ("total", time(totalMS)), ("success rate", Table.Cell(NumberText.percent(successRate))),
        ])
    }
}

extension PerformanceLogEntry {
    /// A table of samples.
    static func table(_ entries: [PerformanceLogEntry]) -> Table {
        var table = Table([.left("TIME"), .left("OPERATION"), .right("MS"), .left("RESULT"), .left("METADATA")])
        for entry in entries {
            let metadata = entry.jsonValue["metadata"].map { String(decoding: JSONWriter.bytes($0), as: UTF8.self) }
            table.add([
                Table.Cell(entry.timestamp.iso8601), Table.Cell(entry.operation.rawValue), Table.Cell(NumberText.amount(entry.durationMS)),
                entry.success ? Table.Cell("ok", .good) : Table.Cell("failed", .bad), Table.Cell(metadata ?? "", .faint),
            ])
        }
        return table
    }
}

extension PerformanceSummary {
    /// The figures under each other.
    var properties: Table {
        func count(_ value: Int) -> Table.Cell { Table.Cell(NumberText.integer(value)) }
        return Table(properties: [
            ("operations", count(totalOperations)), ("samples", count(totalEntries)),
            ("mean", Table.Cell(avgLatencyMS.map { NumberText.amount($0) + " ms" } ?? "–")), ("over 100 ms", count(operationsOver100MS)),
            ("over 1,000 ms", count(operationsOver1000MS)), ("failed", count(failedOperations)),
        ])
    }
}

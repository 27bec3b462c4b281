public import CacheServices

/// What the kept samples of all operations together say.
public struct PerformanceSummary: Sendable, Hashable {
    /// Distinct operations with samples.
    public let totalOperations: Int
    /// Samples of all operations.
    public let totalEntries: Int
    /// The mean duration of a sample in milliseconds; `nil` when there is none.
    public let avgLatencyMS: Double?
    /// Samples that took longer than 100 ms.
    public let operationsOver100MS: Int
    /// Samples that took longer than 1,000 ms.
    public let operationsOver1000MS: Int
    /// Samples that failed.
    public let failedOperations: Int

    init(_ series: [PerformanceSeries]) {
        var (durations, over100, over1000, failed) = ([Double](), 0, 0, 0)
        durations.reserveCapacity(series.reduce(0) { $0 + $1.samples.count })
        for sample in series.lazy.flatMap(\.samples) {
            durations.append(sample.durationMS)
            if sample.durationMS > 100 { over100 += 1 }
            if sample.durationMS > 1000 { over1000 += 1 }
            if !sample.success { failed += 1 }
        }
        totalOperations = series.count { !$0.samples.isEmpty }
        avgLatencyMS = durations.isEmpty ? nil : SampleStatistics.sum(durations) / Double(durations.count)
        (totalEntries, operationsOver100MS, operationsOver1000MS, failedOperations) = (durations.count, over100, over1000, failed)
    }

    /// The figures as they go over the wire; no mean is null.
    public var jsonValue: JSONValue {
        [
            "avg_latency_ms": .finite(avgLatencyMS), "failed_operations": .integer(failedOperations),
            "operations_over_1000ms": .integer(operationsOver1000MS), "operations_over_100ms": .integer(operationsOver100MS),
            "total_entries": .integer(totalEntries), "total_operations": .integer(totalOperations),
        ]
    }
}

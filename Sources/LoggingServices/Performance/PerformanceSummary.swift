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
    /// The times of the earliest and of the latest sample; `nil` when there is none.
    public let from: Timestamp?
    public let to: Timestamp?

    init(_ series: [PerformanceSeries]) {
        var (durations, over100, over1000, failed) = ([Double](), 0, 0, 0)
        durations.reserveCapacity(series.reduce(0) { $0 + $1.samples.count })
        for sample in series.lazy.flatMap(\.samples) {
            durations.append(sample.durationMS)
            if sample.durationMS > 100 { over100 += 1 }
            if sample.durationMS > 1000 { over1000 += 1 }
            if !sample.success { failed += 1 }
        }
        let spans = series.compactMap(\.span)
        (from, to) = (spans.map(\.lowerBound).min(), spans.map(\.upperBound).max())
        totalOperations = series.count { !$0.samples.isEmpty }
        avgLatencyMS = durations.isEmpty ? nil : SampleStatistics.sum(durations) / Double(durations.count)
        (totalEntries, operationsOver100MS, operationsOver1000MS, failedOperations) = (durations.count, over100, over1000, failed)
    }

    /// The figures as they go over the wire; without samples mean and times are null.
    public var jsonValue: JSONValue {
        [
            "avg_latency_ms": .finite(avgLatencyMS), "failed_operations": .integer(failedOperations),
            "from": from.map { .string($0.iso8601) } ?? .null,
            "operations_over_1000ms": .integer(operationsOver1000MS), "operations_over_100ms": .integer(operationsOver100MS),
            "to": to.map { .string($0.iso8601) } ?? .null, "total_entries": .integer(totalEntries),
            "total_operations": .integer(totalOperations),
        ]
    }
}

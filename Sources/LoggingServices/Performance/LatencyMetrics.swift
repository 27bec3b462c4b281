public import CacheServices

/// What the kept samples of one operation say, at most its newest 1,000.
public struct LatencyMetrics: Sendable, Hashable {
    public let operation: OperationName
    /// How many samples there are; at least 1.
    public let count: Int
    /// All durations together, in milliseconds, as are all that follow but the rate.
    public let totalMS: Double
    public let avgMS: Double
    public let minMS: Double
    public let maxMS: Double
    /// Percentiles by nearest rank: always the duration of some sample.
    public let p50MS: Double
    public let p95MS: Double
    public let p99MS: Double
    /// The fraction that succeeded, 0…1.
    public let successRate: Double
    /// The times of the earliest and of the latest sample: what the figures cover.
    public let from: Timestamp
    public let to: Timestamp

    init(_ operation: OperationName, _ statistics: SampleStatistics, _ span: ClosedRange<Timestamp>) {
        self.operation = operation
        (from, to) = (span.lowerBound, span.upperBound)
        count = statistics.count
        totalMS = statistics.totalMS
        avgMS = statistics.averageMS
        minMS = statistics.minimumMS
        maxMS = statistics.maximumMS
        p50MS = statistics.p50MS
        p95MS = statistics.p95MS
        p99MS = statistics.p99MS
        successRate = statistics.successRate
    }

    /// The figures as they go over the wire.
    public var jsonValue: JSONValue {
        [
            "avg_ms": .finite(avgMS), "count": .integer(count), "from": .string(from.iso8601), "max_ms": .finite(maxMS),
            "min_ms": .finite(minMS),
            "operation": .string(operation.rawValue), "p50_ms": .finite(p50MS), "p95_ms": .finite(p95MS), "p99_ms": .finite(p99MS),
            "success_rate": .finite(successRate), "to": .string(to.iso8601), "total_ms": .finite(totalMS),
        ]
    }
}

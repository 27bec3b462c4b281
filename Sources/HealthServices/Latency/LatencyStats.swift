public import CacheServices
import LoggingServices

/// What the samples of one operation of one service say (Seed: LatencyStats).
public struct LatencyStats: Sendable, Hashable {
    public let service: OperationName
    public let operation: OperationName
    /// How many samples there are; at least 1.
    public let count: Int
    /// The mean in milliseconds, as are all that follow but the rate.
    public let avgMS: Double
    public let minMS: Double
    public let maxMS: Double
    /// Percentiles by nearest rank: always the latency of some sample.
    public let p50MS: Double
    public let p95MS: Double
    public let p99MS: Double
    /// The fraction that succeeded, 0…1.
    public let successRate: Double

    init(_ series: LatencySeries, _ statistics: SampleStatistics) {
        service = series.service
        operation = series.operation
        count = statistics.count
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
            "avg_ms": .finite(avgMS), "count": .integer(count), "max_ms": .finite(maxMS), "min_ms": .finite(minMS),
            "operation": .string(operation.rawValue), "p50_ms": .finite(p50MS), "p95_ms": .finite(p95MS), "p99_ms": .finite(p99MS),
            "service": .string(service.rawValue), "success_rate": .finite(successRate),
        ]
    }
}

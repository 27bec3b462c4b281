public import CacheServices
import LoggingServices

/// What the samples of one interval of time say.
public struct LatencyTrendPoint: Sendable, Hashable {
    /// The start of the interval, which is a whole number of intervals after 1970.
    public let timestamp: Timestamp
    /// The mean in milliseconds, as are the three that follow.
    public let avgLatencyMS: Double
    /// By nearest rank.
    public let p95MS: Double
    public let maxMS: Double
    public let minMS: Double
    /// How many samples there are; at least 1.
    public let count: Int

    init(_ timestamp: Timestamp, _ statistics: SampleStatistics) {
        self.timestamp = timestamp
        avgLatencyMS = statistics.averageMS
        p95MS = statistics.p95MS
        maxMS = statistics.maximumMS
        minMS = statistics.minimumMS
        count = statistics.count
    }

    /// The figures as they go over the wire.
    public var jsonValue: JSONValue {
        [
            "avg_latency_ms": .finite(avgLatencyMS), "count": .integer(count), "max_ms": .finite(maxMS), "min_ms": .finite(minMS),
            "p95_ms": .finite(p95MS),
            "timestamp": .string(timestamp.iso8601),
        ]
    }
}

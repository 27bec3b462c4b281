public import CacheServices
import LoggingServices

/// What the samples of all services say together.
public struct EndToEndLatency: Sendable, Hashable {
    /// How many samples there are; at least 1.
    public let count: Int
    /// The mean in milliseconds, as are all that follow.
    public let avgMS: Double
    public let minMS: Double
    public let maxMS: Double
    /// By nearest rank.
    public let p95MS: Double

    init(_ statistics: SampleStatistics) {
        count = statistics.count
        avgMS = statistics.averageMS
        minMS = statistics.minimumMS
        maxMS = statistics.maximumMS
        p95MS = statistics.p95MS
    }

    /// The figures as they go over the wire.
    public var jsonValue: JSONValue {
        [
            "avg_ms": .finite(avgMS), "count": .integer(count), "max_ms": .finite(maxMS), "min_ms": .finite(minMS),
            "p95_ms": .finite(p95MS),
        ]
    }
}

public import CacheServices
import LoggingServices

/// What the samples of all operations of one service say together.
public struct ServiceLatency: Sendable, Hashable {
    public let service: OperationName
    /// How many samples there are; at least 1.
    public let count: Int
    /// The mean in milliseconds, as are all that follow but the rate.
    public let avgMS: Double
    public let minMS: Double
    public let maxMS: Double
    /// By nearest rank.
    public let p95MS: Double
    /// The fraction that succeeded, 0…1.
    public let successRate: Double

    init(_ service: OperationName, _ statistics: SampleStatistics) {
        self.service = service
        count = statistics.count
        avgMS = statistics.averageMS
        minMS = statistics.minimumMS
        maxMS = statistics.maximumMS
        p95MS = statistics.p95MS
        successRate = statistics.successRate
    }

    /// The figures as they go over the wire.
    public var jsonValue: JSONValue {
        [
            "avg_ms": .finite(avgMS), "count": .integer(count), "max_ms": .finite(maxMS), "min_ms": .finite(minMS),
            "p95_ms": .finite(p95MS),
            "service": .string(service.rawValue), "success_rate": .finite(successRate),
        ]
    }
}

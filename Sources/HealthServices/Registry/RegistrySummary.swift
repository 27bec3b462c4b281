public import CacheServices

/// The figures of all services together (Seed: getSummary).
public struct RegistrySummary: Sendable, Hashable {
    public let totalServices: Int
    /// Those that were checked at least once.
    public let servicesWithStatus: Int
    public let healthy: Int
    public let degraded: Int
    public let unhealthy: Int
    /// Of those that were checked; `nil` when there is none.
    public let averageLatency: Duration?

    /// Adds statuses up.
    public init(_ statuses: [ServiceHealth]) {
        totalServices = statuses.count
        servicesWithStatus = statuses.count { $0.lastCheck != nil }
        healthy = statuses.count { $0.status == .healthy }
        degraded = statuses.count { $0.status == .degraded }
        unhealthy = statuses.count { $0.status == .unhealthy }
        let latencies = statuses.compactMap(\.latency)
        averageLatency = latencies.isEmpty ? nil : latencies.reduce(.zero, +) / latencies.count
    }

    /// As it stands in answers.
    public var jsonValue: JSONValue {
        [
            "total_services": .integer(totalServices), "services_with_status": .integer(servicesWithStatus), "healthy": .integer(healthy),
            "degraded": .integer(degraded), "unhealthy": .integer(unhealthy), "avg_latency_ms": .milliseconds(averageLatency),
        ]
    }
}

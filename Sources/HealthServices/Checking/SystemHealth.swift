public import CacheServices

/// How all services are together (Seed: SystemHealth).
public struct SystemHealth: Sendable, Hashable {
    /// Whose checks the statuses come from.
    public enum Source: Sendable, Hashable {
        /// The process that holds the lease, through Redis.
        case monitor
        /// This process alone, and why.
        case thisProcess(reason: String)
    }

    public let timestamp: Timestamp
    /// In the order of their names.
    public let services: [ServiceHealth]
    public let source: Source

    public init(timestamp: Timestamp, services: [ServiceHealth], source: Source = .monitor) {
        self.timestamp = timestamp
        self.services = services.sorted { $0.service < $1.service }
        self.source = source
    }

    /// The worst status of all; degraded without services.
    public var overallStatus: ServiceStatus { .overall(services.map(\.status)) }

    /// How many services have a status.
    public func count(_ status: ServiceStatus) -> Int { services.count { $0.status == status } }

    /// As it stands in answers.
    public var jsonValue: JSONValue {
        var members: [JSONValue.Member] = [
            .init("overall_status", .string(overallStatus.rawValue)), .init("timestamp", .string(timestamp.iso8601)),
            .init("services", .array(services.map(\.jsonValue))),
            .init(
                "summary",
                [
                    "total_services": .integer(services.count), "healthy_services": .integer(count(.healthy)),
                    "degraded_services": .integer(count(.degraded)), "unhealthy_services": .integer(count(.unhealthy)),
                ]),
        ]
        if services.isEmpty { members.append(.init("reason", "no services are registered")) }
        switch source {
        case .monitor: members.append(.init("source", "monitor"))
        case .thisProcess(let reason):
            members += [.init("source", "this_process"), .init("source_reason", .string(reason))]
        }
        return .object(members)
    }
}

public import CacheServices

// What the seed asks of the statuses. All answer from what this process knows; `refresh()` brings that up to date.

extension ServiceRegistry {
    /// Services with a status (Seed: getServicesByStatus).
    public func getServicesByStatus(_ status: ServiceStatus) -> [ServiceHealth] {
        getAllStatuses().filter { $0.status == status }
    }

    /// Seed: getUnhealthyServices.
    public func getUnhealthyServices() -> [ServiceHealth] { getServicesByStatus(.unhealthy) }

    /// Seed: getDegradedServices.
    public func getDegradedServices() -> [ServiceHealth] { getServicesByStatus(.degraded) }

    /// Services whose last check took longer, slowest first (Seed: getHighLatencyServices).
    public func getHighLatencyServices(threshold: Duration = ServiceStatus.unhealthyBeyond) -> [ServiceHealth] {
        getAllStatuses().filter { $0.latency.map { $0 > threshold } ?? false }.sorted { ($0.latency ?? .zero) > ($1.latency ?? .zero) }
    }

    /// The figures of all services together (Seed: getSummary).
    public func getSummary() -> RegistrySummary { RegistrySummary(getAllStatuses()) }

    /// Services, statuses and figures as one object; nothing secret is in it.
    public func export() -> JSONValue {
        let statuses = getAllStatuses()
        return [
            "timestamp": .string(clock.wall().iso8601), "services": .array(getAllServices().map(\.jsonValue)),
            "statuses": .array(statuses.map(\.jsonValue)), "summary": RegistrySummary(statuses).jsonValue,
        ]
    }
}

import CacheServices
import HealthServices

extension HealthChecker {
    /// How the watched services are, as this process reads it; nothing is asked of Redis or of a service.
    var metricFamilies: [MetricFamily] {
        let services = registry.getAllStatuses()
        return [
            .gauge(
                "usdcop_service_status", "1 for the status that a watched service has, 0 for the others.",
                services.flatMap { health in
                    ServiceStatus.allCases.map { status in
                        MetricPoint(
                            health.status == status ? 1 : 0, labels: [("service", health.service.rawValue), ("status", status.rawValue)])
                    }
                }),
            .gauge(
                "usdcop_service_latency_seconds", "How long the last check of a watched service took.",
                services.compactMap { health in
                    health.latency.map { MetricPoint($0 / .seconds(1), labels: [("service", health.service.rawValue)]) }
                }),
            .gauge("usdcop_health_leader", "1 while this process checks the services for all.", lease?.fence == nil ? 0 : 1),
        ]
    }
}

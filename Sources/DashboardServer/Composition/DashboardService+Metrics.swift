import CacheServices
import HealthServices
import LoggingServices

extension DashboardService {
    /// What is read at the moment of a scrape: the parts that keep their own figures. A new part adds a line here.
    static func collectors(
        _ client: any ICacheClient, performance: PerformanceLogger, audit: AuditLogger, latency: LatencyMonitor,
        health: HealthChecker, stream: StreamHub, connections: ConnectionRegister, certificates: CertificateStore?
    ) -> [MetricsCollector] {
        [
            BuildInfo.collect,
            ProcessReading.collect,
            { client.status.metricFamilies },
            { performance.status.metricFamilies },
            { await audit.status.metricFamilies },
            { latency.status.metricFamilies },
            { health.metricFamilies },
            { stream.metricFamilies },
            { connections.metricFamilies },
            { certificates?.metricFamilies ?? [] },
        ]
    }
}

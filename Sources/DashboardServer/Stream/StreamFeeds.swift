import CacheServices
import HealthServices
import LoggingServices

/// Where the events of the stream come from.
struct StreamFeeds: Sendable {
    let changes: any EventStream
    let audit: any EventStream
    /// What this process changed in memory while Redis was away; nil where the change stream itself is in memory.
    let local: InMemoryEventStream?
    let client: any ICacheClient
    let trail: AuditLogger
    let latency: LatencyMonitor

    subscript(source: StreamSource) -> any EventStream {
        switch source {
        case .changes: changes
        case .audit: audit
        }
    }
}

import CacheServices
import HealthServices

extension ContractSchemas {
    /// Health, latency, performance and alerts.
    static let watch: [(name: String, schema: Schema)] = [
        ("SystemHealth", systemHealth), ("ServiceHealth", serviceHealth), ("HealthSample", sample), ("RegisteredService", registered),
        ("ServiceRegistration", registration), ("LatencyReading", reading), ("LatencyMeasurement", measurement),
        ("LatencyStats", latencyStats), ("LatencyTrendPoint", trendPoint), ("EndToEndLatency", endToEnd), ("SlowService", slowService),
        ("OperationMetrics", operationMetrics), ("PerformanceEntry", performanceEntry), ("PerformanceSummary", summary),
        ("Alert", alert), ("AlertDelivery", delivery),
    ]

    private static let status = Schema.words(of: ServiceStatus.self)

    private static let systemHealth = Schema.object([
        "overall_status": status, "timestamp": .timestamp, "services": .array(.ref("ServiceHealth")),
        "summary": .object([
            "total_services": .count, "healthy_services": .count, "degraded_services": .count, "unhealthy_services": .count,
        ]),
        "reason?": .string, "source": .words(["monitor", "this_process"]), "source_reason?": .string,
    ])

    private static let serviceHealth = Schema.object([
        "service": .name, "status": status, "latency_ms": Schema.figure.orNull, "last_check": Schema.timestamp.orNull,
        "details": .object([
            "uptime": Schema.count.orNull.said("In seconds."), "requests_per_minute": Schema.figure.orNull,
            "error_rate": Schema.figure.orNull, "memory_usage_mb": Schema.figure.orNull,
        ]),
        "metadata?": .map(.string),
    ])

    private static let sample = Schema.object([
        "at": .timestamp, "status": status, "success": .boolean, "latency_ms": Schema.figure.orNull, "reason": Schema.string.orNull,
        "from": Schema.any([status, .null]).said("The status before, where it changed."),
    ])

    private static let registered = Schema.object([
        "name": .name, "url": Schema.string.orNull, "check_interval_ms": .count, "timeout_ms": .count,
        "checked_by": .words(of: RegisteredService.Kind.self), "origin": .words(of: RegisteredService.Origin.self),
    ])

    private static let registration = Schema.object([
        "url": Schema([
            "type": "string", "maxLength": .integer(ProbeURL.maximumLength), "format": "uri",
            "pattern": #"^(https?|wss?)://[^\s/?#@]+([/?#]\S*)?$"#,
        ]).said("Without user, password and token; checked at /health unless it has a path."),
        "check_interval_ms?": Schema.integer(ServiceConfig.intervals).with("default", 30_000),
        "timeout_ms?": Schema.integer(ServiceConfig.timeouts).with("default", 5000),
    ]).closed

    private static let reading = Schema.object([
        "service": .name, "operation": .name, "latency_ms": .number(LatencyMeasurement.latency),
        "success?": Schema.boolean.with("default", true),
        "metadata?": Schema.object.said("At most \(LatencyMeasurement.longestMetadata) bytes of JSON."),
    ]).closed

    private static let measurement = Schema.object([
        "service": .name, "operation": .name, "latency_ms": .figure, "success": .boolean, "timestamp": .timestamp, "metadata?": .object,
    ])

    private static let latencyStats = Schema.object([
        "service": .name, "operation": .name, "count": .count, "avg_ms": .figure, "min_ms": .figure, "max_ms": .figure,
        "p50_ms": .figure, "p95_ms": .figure, "p99_ms": .figure, "success_rate": .figure,
    ])

    private static let trendPoint = Schema.object([
        "timestamp": .timestamp, "count": .count, "avg_latency_ms": Schema.figure.orNull, "min_ms": Schema.figure.orNull,
        "max_ms": Schema.figure.orNull, "p95_ms": Schema.figure.orNull,
    ])

    private static let endToEnd = Schema.object([
        "avg_ms": .figure, "min_ms": .figure, "max_ms": .figure, "p95_ms": .figure, "count": .count,
    ])

    private static let slowService = Schema.object([
        "service": .name, "avg_ms": .figure, "min_ms": .figure, "max_ms": .figure, "p95_ms": .figure, "count": .count,
        "success_rate": .figure,
    ])

    private static let operationMetrics = Schema.object([
        "operation": .name, "count": .count, "total_ms": .figure, "avg_ms": .figure, "min_ms": .figure, "max_ms": .figure,
        "p50_ms": .figure, "p95_ms": .figure, "p99_ms": .figure, "success_rate": .figure, "from": .timestamp, "to": .timestamp,
    ])

    private static let performanceEntry = Schema.object([
        "operation": .name, "duration_ms": .figure, "success": .boolean, "timestamp": .timestamp, "metadata?": .object,
    ])

    private static let summary = Schema.object([
        "total_operations": .count, "total_entries": .count, "avg_latency_ms": Schema.figure.orNull, "operations_over_100ms": .count,
        "operations_over_1000ms": .count, "failed_operations": .count, "from": Schema.timestamp.orNull, "to": Schema.timestamp.orNull,
    ])

    private static let alert = Schema.object([
        "id": .string, "kind": .words(["service", "risk"]), "at": .timestamp, "message": .string, "stream_id": .streamID,
        "deliveries": .array(.ref("AlertDelivery")), "service?": .string, "from?": Schema.string.orNull, "to?": .string,
        "reason?": Schema.string.orNull, "latency_ms?": Schema.figure.orNull, "source?": .string, "seen_by?": .string,
        "severity?": Schema.string.orNull, "alert_type?": Schema.string.orNull, "symbol?": .string, "threshold?": Schema.figure.orNull,
        "current_value?": Schema.figure.orNull,
    ])

    private static let delivery = Schema.object([
        "channel": .string, "result": .words(of: AlertDelivery.Result.self), "attempts": .count, "at": .timestamp,
        "detail": Schema.string.orNull,
    ])
}

/// What the metrics of this project mean, by name: swift-metrics has no place for it.
struct MetricCatalogue: Sendable {
    static let standard = MetricCatalogue(
        sentences: [
            "usdcop_http_requests_total": "Requests that were answered, by the pattern of the route, the method and the status.",
            "usdcop_http_request_duration_seconds":
                "Time from the head of a request to the beginning of its answer, by the pattern of the route and the method.",
            "usdcop_http_requests_in_flight": "Requests that are being answered.",
            "usdcop_redis_commands_total":
                "Commands that ended, by name, script and outcome: ok, rejected, not_sent, or unknown when they were sent and not answered.",
            "usdcop_redis_command_duration_seconds":
                "Time from the call of a command to its end, waiting and repetitions included; commands that never left are not in it.",
            "usdcop_redis_connections_total": "How often the connection that all commands share was made.",
            "usdcop_redis_connections_lost_total": "How often the connection that all commands share ended by itself.",
            "usdcop_redis_connections_failed_total": "Attempts to make the connection that all commands share that failed.",
            "usdcop_redis_up": "Whether the connection to Redis is there.",
            "usdcop_redis_circuit_open": "Whether commands fail at once because Redis has been away for a while.",
            "usdcop_cache_hits_total": "Cache reads of this process that found something, by the backend that answered.",
            "usdcop_cache_misses_total": "Cache reads of this process that found nothing, by the backend that answered.",
            "usdcop_audit_appends_total": "Audit events of this process that were recorded, by what survives a crash of them.",
            "usdcop_audit_refusals_total": "Audit events of this process that were not acknowledged, by the reason.",
            "usdcop_audit_repeats_total": "Requests that an idempotency key showed to be recorded before.",
            "usdcop_metrics_overflow_total":
                "Handles that were made for a metric or series beyond its bound, or against the kind of its name.",
        ])

    let sentences: [String: String]

    /// One sentence about a metric; for those of other libraries, where it comes from.
    func help(for name: String) -> String { sentences[name] ?? "A metric of a library within the service, as it calls it." }
}

import CacheServices

extension CacheStatus {
    /// Where calls go, and what an outage left.
    var metricFamilies: [MetricFamily] {
        [
            .state("usdcop_cache_mode", "Where cache calls go: 1 for redis, memory, or replaying.", label: "mode", mode),
            .gauge("usdcop_cache_pending_writes", "Writes of an outage that are not in Redis yet.", Double(pendingWrites)),
            .counter(
                "usdcop_cache_conflicts_total", "Writes of past outages that lost against a value that had changed in Redis meanwhile.",
                Double(conflicts)),
        ]
    }
}

import HealthServices

extension LatencyStatus {
    /// What becomes of the samples of the latency monitor; their values are not in here.
    var metricFamilies: [MetricFamily] {
        [
            .gauge("usdcop_latency_samples_waiting", "Latency samples that are not stored yet.", Double(waiting)),
            .counter("usdcop_latency_samples_stored_total", "Latency samples that reached the store.", Double(stored)),
            .counter("usdcop_latency_samples_dropped_total", "Latency samples that were given up.", Double(dropped)),
            .counter("usdcop_latency_samples_refused_total", "Latency samples that were no number in range.", Double(refused)),
        ]
    }
}

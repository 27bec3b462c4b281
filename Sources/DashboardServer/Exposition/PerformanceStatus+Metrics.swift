import LoggingServices

extension PerformanceStatus {
    /// What becomes of the samples of the performance logger; their values are not in here.
    var metricFamilies: [MetricFamily] {
        [
            .gauge("usdcop_performance_samples_waiting", "Performance samples that are not stored yet.", Double(waiting)),
            .counter("usdcop_performance_samples_dropped_total", "Performance samples that were given up.", Double(dropped)),
            .counter(
                "usdcop_performance_samples_refused_total", "Performance samples whose duration was out of its range.", Double(refused)),
            .gauge("usdcop_performance_operations_open", "Operations that started and have not ended.", Double(openOperations)),
            .counter(
                "usdcop_performance_operations_abandoned_total", "Operations that never ended and were given up for newer ones.",
                Double(abandonedOperations)),
        ]
    }
}

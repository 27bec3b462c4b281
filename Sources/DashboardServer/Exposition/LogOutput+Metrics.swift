public import LoggingServices

extension LogOutput {
    /// What the log of the process dropped, for ``DashboardService``: the executable sets up the log and hands this over.
    public var metrics: MetricsCollector {
        {
            [
                .counter(
                    "usdcop_log_records_dropped_total", "Log records that did not reach a destination, counted for each destination.",
                    Double(self.droppedRecords))
            ]
        }
    }
}

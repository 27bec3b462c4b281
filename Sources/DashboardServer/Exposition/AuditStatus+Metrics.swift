import LoggingServices

extension AuditStatus {
    /// Where audit events go, and what waits for Redis.
    var metricFamilies: [MetricFamily] {
        [
            .state(
                "usdcop_audit_mode", "Where audit events go: 1 for direct (Redis), spooling (the journal), or holding (they are refused).",
                label: "mode", mode),
            .gauge(
                "usdcop_audit_backlog_events", "Audit events of this process that Redis has not acknowledged, on disk or on their way.",
                Double(backlog)),
            .gauge(
                "usdcop_audit_journal_failing", "Whether the last write of the audit journal failed.", isJournalFailing ? 1 : 0),
        ]
    }
}

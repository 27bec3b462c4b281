/// The financial metrics and how fresh they are, read at one moment.
public struct MetricsSnapshot: Sendable, Hashable {
    public let metrics: FinancialMetrics
    /// Time since the metrics' own timestamp, by the backend's clock; never negative.
    public let freshness: Duration
}

/// Reads values at the moment of a scrape that somebody else keeps already: a status, a count, a summary.
///
/// It must not wait for the network, and the values of its labels must come from a small set; points beyond
/// ``MetricFamily/maximumPoints`` are left out and counted.
public typealias MetricsCollector = @Sendable () async -> [MetricFamily]

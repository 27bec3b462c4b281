import CoreMetrics

/// What a cache tells swift-metrics: reads that found something and reads that did not, by the backend that answered.
struct CacheMetrics: Sendable {
    private let hits: Counter
    private let misses: Counter

    init(_ backend: CacheBackend, _ factory: any MetricsFactory) {
        let dimensions = [("backend", backend.rawValue)]
        hits = Counter(label: "usdcop_cache_hits_total", dimensions: dimensions, factory: factory)
        misses = Counter(label: "usdcop_cache_misses_total", dimensions: dimensions, factory: factory)
    }

    /// Counts an answer; steps that are not counted have no tally.
    func count(_ tally: CacheTally?) {
        guard let tally else { return }
        if tally.hits > 0 { hits.increment(by: tally.hits) }
        if tally.misses > 0 { misses.increment(by: tally.misses) }
    }
}

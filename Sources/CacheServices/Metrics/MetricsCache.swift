/// Financial and custom metrics, and the open positions, that trading processes share (Seed: MetricsCache).
///
/// Every method is one atomic step and one round trip unless it says otherwise. Metrics last for 300 seconds after the last write;
/// positions do not expire: a position ends by being closed.
public struct MetricsCache: Sendable {
    /// What stores the metrics.
    public let client: any ICacheClient
    private let trace: CacheTrace?

    public init(_ client: any ICacheClient) {
        self.init(client, trace: nil)
    }

    private init(_ client: any ICacheClient, trace: CacheTrace?) {
        self.client = client
        self.trace = trace
    }

    /// The same cache, noting in `trace` where its answers come from.
    public func traced(by trace: CacheTrace) -> MetricsCache { MetricsCache(client, trace: trace) }

    /// Stores financial metrics, replacing what was there.
    public func setFinancialMetrics(_ metrics: FinancialMetrics) async throws(CacheError) {
        _ = try await perform(.setFinancialMetrics(metrics))
    }

    /// The financial metrics; `nil` when there are none.
    ///
    /// - Throws: ``CacheError``; `dataConflict` when what is stored there cannot be read.
    public func getFinancialMetrics() async throws(CacheError) -> FinancialMetrics? {
        guard let bytes = try await perform(.get(KeySchema.metricsFinancial, lifetime: CacheRules.metricsLifetime)) else { return nil }
        return try Self.decode(bytes)
    }

    /// Changes some figures and leaves the others: compare-and-set, so that concurrent updates of different figures all survive.
    ///
    /// Absent figures stay absent. The lifetime is renewed. Two round trips without contention.
    ///
    /// - Returns: the metrics as they are stored now.
    @discardableResult
    public func updateMetricSnapshot(_ update: FinancialMetricsUpdate) async throws(CacheError) -> FinancialMetrics {
        try await CompareAndSet.run(KeySchema.metricsFinancial) { () throws(CacheError) in
            let present = try await perform(.financialMetricsAndClock)
            let updated = update.applied(to: try present.bytes.map(Self.decode), now: present.clock)
            return try await perform(.compareAndSetFinancialMetrics(expected: present.bytes, updated)) ? updated : nil
        }
    }

    /// Time since the timestamp of the financial metrics, by the backend's clock; `nil` without metrics.
    public func getMetricsFreshness() async throws(CacheError) -> Duration? { try await getSnapshot()?.freshness }

    /// The financial metrics with their freshness, read at one moment; `nil` when there are none.
    public func getSnapshot() async throws(CacheError) -> MetricsSnapshot? {
        let value = try await perform(.financialMetricsAndClock)
        guard let metrics = try value.bytes.map(Self.decode) else { return nil }
        return MetricsSnapshot(metrics: metrics, freshness: max(.zero, value.clock - metrics.timestamp))
    }

    /// Removes the financial metrics; answers whether there were any.
    @discardableResult
    public func clearFinancialMetrics() async throws(CacheError) -> Bool { try await perform(.deleteMetric(KeySchema.metricsFinancial)) }

    /// Stores a custom metric, replacing what was there.
    public func setCustomMetric(_ name: MetricName, _ value: CustomMetricValue) async throws(CacheError) {
        _ = try await perform(.setCustomMetric(name, value))
    }

    /// A custom metric; `nil` when there is none.
    public func getCustomMetric(_ name: MetricName) async throws(CacheError) -> CustomMetricValue? {
        let key = KeySchema.metricsCustom(name)
        guard let bytes = try await perform(.get(key, lifetime: CacheRules.metricsLifetime)) else { return nil }
        guard let value = try? CustomMetricValue(stored: bytes) else {
            throw CacheError(.dataConflict, "What is stored there is no metric; it was left as it is.", key: key)
        }
        return value
    }

    /// All custom metrics at one moment. Unreadable ones are noted and left out.
    public func getCustomMetrics() async throws(CacheError) -> [MetricName: CustomMetricValue] {
        let step = CacheStep.indexed(
            KeySchema.indexMetrics, prefix: KeySchema.metricsPrefix, lifetime: CacheRules.metricsLifetime)
        var metrics: [MetricName: CustomMetricValue] = [:]
        for value in try await perform(step) where value.member.hasPrefix(KeySchema.customMemberPrefix) {
            if let name = try? MetricName(String(value.member.dropFirst(KeySchema.customMemberPrefix.count))),
                let metric = try? CustomMetricValue(stored: value.bytes)
            {
                metrics[name] = metric
            } else {
                trace?.note(unreadable: KeySchema.metricsPrefix + value.member)
            }
        }
        return metrics
    }

    /// Removes a custom metric; answers whether it was there.
    @discardableResult
    public func deleteCustomMetric(_ name: MetricName) async throws(CacheError) -> Bool {
        try await perform(.deleteMetric(KeySchema.metricsCustom(name)))
    }

    /// Removes financial and custom metrics; positions stay. Answers how many keys. One atomic step, after a scan for metrics that other
    /// programs wrote and no index knows.
    @discardableResult
    public func clearMetrics() async throws(CacheError) -> Int {
        let found = try await client.keys(KeySchema.metricsCustomPrefix + "*")
        return try await perform(.clearMetrics(found + [KeySchema.metricsFinancial]))
    }

    func perform<Outcome>(_ step: CacheStep<Outcome>) async throws(CacheError) -> Outcome {
        let answer = try await client.perform(step)
        trace?.note(answer.source)
        return answer.value
    }

    func note(unreadable key: String) {
        trace?.note(unreadable: key)
    }

    private static func decode(_ bytes: [UInt8]) throws(CacheError) -> FinancialMetrics {
        guard let metrics = try? FinancialMetrics(stored: bytes) else {
            throw CacheError(
                .dataConflict, "What is stored there are no financial metrics; it was left as it is.", key: KeySchema.metricsFinancial)
        }
        return metrics
    }
}

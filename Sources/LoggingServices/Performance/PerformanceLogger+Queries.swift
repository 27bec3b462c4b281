public import CacheServices
import Synchronization

extension PerformanceLogger {
    /// The figures of one operation; `nil` without samples. One round trip when this process has nothing to store.
    ///
    /// - Parameter trace: is told which keys hold something unreadable that was passed by, as everywhere below.
    /// - Throws: `CacheError`; `dataConflict` when the key is no stream.
    public func getMetrics(_ operation: OperationName, noting trace: CacheTrace? = nil) async throws(CacheError) -> LatencyMetrics? {
        try await series(operation, trace).first?.metrics
    }

    /// The figures of every operation with samples, sorted by name. One flight of commands; two when an operation is new to this process.
    public func getMetrics(noting trace: CacheTrace? = nil) async throws(CacheError) -> [LatencyMetrics] {
        try await series(nil, trace).compactMap(\.metrics)
    }

    /// Samples that took longer than a threshold, slowest first.
    ///
    /// - Parameters:
    ///   - thresholdMS: in milliseconds.
    ///   - operation: of one operation only.
    ///   - limit: the most that are answered, 1…1000.
    public func getSlowOperations(
        thresholdMS: Double = 100, operation: OperationName? = nil, limit: Int = 100, noting trace: CacheTrace? = nil
    ) async throws(CacheError) -> [PerformanceLogEntry] {
        try Self.check(limit)
        var slow: [(operation: OperationName, sample: PerformanceSeries.Sample)] = []
        for series in try await series(operation, trace) {
            for sample in series.samples where sample.durationMS > thresholdMS { slow.append((series.operation, sample)) }
        }
        slow.sort { $0.sample.durationMS > $1.sample.durationMS }
        return slow.prefix(limit).map { $0.sample.entry(of: $0.operation) }
    }

    /// Samples that failed, newest first by their timestamps.
    ///
    /// - Parameters:
    ///   - operation: of one operation only.
    ///   - limit: the most that are answered, 1…1000.
    public func getFailedOperations(
        operation: OperationName? = nil, limit: Int = 100, noting trace: CacheTrace? = nil
    ) async throws(CacheError) -> [PerformanceLogEntry] {
        try Self.check(limit)
        var failed: [PerformanceLogEntry] = []
        for series in try await series(operation, trace) {
            // Last arrived first; the sort below keeps this order where timestamps are equal.
            for sample in series.samples.reversed() where !sample.success { failed.append(sample.entry(of: series.operation)) }
        }
        failed.sort { $0.timestamp > $1.timestamp }
        return Array(failed.prefix(limit))
    }

    /// All operations together.
    public func getSummary(noting trace: CacheTrace? = nil) async throws(CacheError) -> PerformanceSummary {
        PerformanceSummary(try await series(nil, trace))
    }

    /// Removes the samples of all operations, of every process; answers of how many operations. One round trip.
    ///
    /// What this process has not stored yet is forgotten too; other processes store theirs.
    @discardableResult
    public func clearMetrics() async throws(CacheError) -> Int {
        try await lane.forget { () throws(CacheError) in
            let removed = try await self.store.clear()
            self.state.withLock { $0.book = Self.book(self.limits) }
            return removed
        }
    }

    private static func check(_ limit: Int) throws(CacheError) {
        guard (1...1000).contains(limit) else { throw CacheError(.invalidArgument, "Samples are listed 1 to 1000 at a time.") }
    }

    /// Series with what this process has recorded so far, unless it cannot be stored at the moment.
    private func series(_ operation: OperationName?, _ trace: CacheTrace?) async throws(CacheError) -> [PerformanceSeries] {
        if lane.counts.waiting > 0, !lane.isFailing { try? await flush(isPatient: false) }
        let series = if let operation { [try await store.series(operation)] } else { try await store.allSeries() }
        trace?.note(store.source)
        for series in series where series.isDamaged { trace?.note(unreadable: KeySchema.performance(series.operation)) }
        return series
    }
}

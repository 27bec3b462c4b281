import CacheServices

/// Where the samples of the performance logger are kept: ``RedisPerformanceStore`` or ``InMemoryPerformanceStore``.
protocol PerformanceStore: Sendable {
    /// Adds a batch; one whose number was added before changes nothing.
    ///
    /// - Returns: how many samples can never be stored, because what is under their key is no stream; they are lost.
    func add(_ batch: PerformanceBatch) async throws(CacheError) -> Int

    /// The samples of one operation.
    func series(_ operation: OperationName) async throws(CacheError) -> PerformanceSeries

    /// The samples of every operation, sorted by name.
    func allSeries() async throws(CacheError) -> [PerformanceSeries]

    /// Removes all samples; answers of how many operations.
    func clear() async throws(CacheError) -> Int

    /// Where answers come from.
    var source: CacheSource { get }
}

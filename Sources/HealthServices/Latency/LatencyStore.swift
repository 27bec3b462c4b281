import CacheServices

/// Where the samples of the latency monitor are kept: ``RedisLatencyStore`` or ``InMemoryLatencyStore``.
protocol LatencyStore: Sendable {
    /// What is read.
    var stream: any EventStream { get }
    /// Where answers come from.
    var source: CacheSource { get }

    /// Adds measurements; a batch whose number was added before changes nothing.
    func add(_ measurements: [LatencyMeasurement], number: Int) async throws(CacheError)

    /// Removes single entries; answers how many were there.
    func delete(_ ids: [StreamID]) async throws(CacheError) -> Int

    /// Removes all entries; answers how many there were.
    func clear() async throws(CacheError) -> Int

    /// Forgets the number of the last batch: the next one may be the first of another monitor.
    func retire() async throws(CacheError)
}

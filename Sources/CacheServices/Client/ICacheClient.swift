/// A namespace of keys and lists that many callers share (Seed: ICacheClient).
///
/// Values are bytes; see the `Codable` conveniences for others. Keys are relative to the ``namespace`` and must not belong to a
/// reserved family. Three implementations run the same steps and pass one contract suite: ``RedisCacheClient``,
/// ``InMemoryCacheClient`` and ``FallbackCacheClient``.
public protocol ICacheClient: Sendable {
    /// What every key starts with.
    var namespace: Namespace { get }

    /// Where calls go now, and why.
    var status: CacheStatus { get }

    /// Runs one atomic step: one round trip with Redis.
    func perform<Outcome>(_ step: CacheStep<Outcome>) async throws(CacheError) -> CacheAnswer<Outcome>

    /// Names, without the namespace, that match a Redis glob; sorted. Not atomic: a scan in several round trips.
    func keys(_ pattern: String) async throws(CacheError) -> [String]

    /// Removes every key except the reserved families; answers how many. Not atomic: a scan in several round trips.
    func clear() async throws(CacheError) -> Int

    /// Hits, misses, size and memory, shared by all processes where the backend is.
    func getStats() async throws(CacheError) -> CacheStats
}

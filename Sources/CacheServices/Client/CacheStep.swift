package import Hiredis

/// One atomic step on the cache, as a value: how Redis runs it in one round trip, and what the same step does in memory.
///
/// A step is either one command or one script. Every ``ICacheClient`` runs the same steps, which is what keeps their semantics the
/// same; ``SignalCache`` and ``MetricsCache`` are collections of steps.
public struct CacheStep<Outcome: Sendable>: Sendable {
    package let request: CacheRequest
    package let effect: CacheEffect
    let decode: @Sendable (RedisReply) throws(CacheError) -> Outcome
    let inMemory: @Sendable (inout MemoryStore) throws(CacheError) -> Outcome
    /// Keeps in memory what Redis answered, so that an outage finds it; by default the step is done there as well.
    let remember: @Sendable (Outcome, inout MemoryStore) -> Void
    /// What the answer adds to hits and misses; `nil` for steps that are not counted.
    let tally: (@Sendable (Outcome) -> CacheTally)?
    /// Whether an answer means that something was written; `nil` when every answer does.
    let wrote: (@Sendable (Outcome) -> Bool)?

    package init(
        _ request: CacheRequest,
        effect: CacheEffect,
        decode: @escaping @Sendable (RedisReply) throws(CacheError) -> Outcome,
        remember: (@Sendable (Outcome, inout MemoryStore) -> Void)? = nil,
        tally: (@Sendable (Outcome) -> CacheTally)? = nil,
        wrote: (@Sendable (Outcome) -> Bool)? = nil,
        inMemory: @escaping @Sendable (inout MemoryStore) throws(CacheError) -> Outcome
    ) {
        self.request = request
        self.effect = effect
        self.decode = decode
        self.remember = remember ?? { _, store in _ = try? inMemory(&store) }
        self.tally = tally
        self.wrote = wrote
        self.inMemory = inMemory
    }

    /// The same step outside hits and misses: for what the cache does for itself.
    func uncounted() -> CacheStep {
        CacheStep(request, effect: effect, decode: decode, remember: remember, wrote: wrote, inMemory: inMemory)
    }
}

/// Hits and misses of one answer.
package struct CacheTally: Sendable {
    var hits: Int
    var misses: Int

    static func found(_ found: Bool) -> CacheTally { CacheTally(hits: found ? 1 : 0, misses: found ? 0 : 1) }
}

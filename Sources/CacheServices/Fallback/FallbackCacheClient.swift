import Hiredis
public import Logging
import Synchronization

/// Redis while it answers, this process' memory while it does not, and never a secret which of them it was.
///
/// Memory holds the last-known values, so that an outage serves them with their age. What is written meanwhile is kept in order and
/// replayed when Redis is back: signals and metrics by their own time, everything else by compare-and-set against what was last
/// known, so that a value that changed in Redis meanwhile wins, and a second replay of the same does no harm. Writes that memory cannot
/// hold until then are refused, never dropped unsaid.
///
/// What was last known is one of two things. *Bytes*: Redis must still have them, or nothing, because a value that expired or was lost
/// with Redis' memory did not change to another. A position is the exception, since it has no expiry: where it is gone, the change
/// stream decides whether somebody closed it, which wins. *Nothing*, be it that the key was known to be absent or that this process never
/// saw it: the write is done if nothing is there; otherwise what Redis has wins. Every write that loses is logged and counted in
/// ``CacheStatus/conflicts``.
///
/// Lists are last-known only while they are whole: a pushed list as long as the length that Redis replied says so, a history once it was
/// read or when the last snapshot held every history and not this one. A history that is pushed to while it is not held is read within
/// a second. An answer never undoes in memory what was written after its question was sent.
///
/// ``run()`` notices outages and recoveries; the connection itself is run by its owner.
public final class FallbackCacheClient: ICacheClient {
    /// The client that Redis is asked through.
    public let cache: RedisCacheClient
    /// What was changed in memory while Redis was away, as it happened. What is replayed later is in the change stream of Redis again.
    package let localChanges: InMemoryEventStream
    let clock: CacheClock
    let logger: Logger
    let state: Mutex<FallbackState>
    /// The reads that memory answers; the client below counts its own.
    private let reads: CacheMetrics
    let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    /// - Parameter maximumEntries: how many keys memory holds.
    public init(_ cache: RedisCacheClient, maximumEntries: Int = 1000, clock: CacheClock = .system, logger: Logger) {
        self.cache = cache
        self.clock = clock
        self.logger = logger
        self.reads = CacheMetrics(.memory, cache.metrics)
        self.localChanges = InMemoryEventStream(maximumLength: CacheRules.eventsLength, clock: clock)
        self.state = Mutex(FallbackState(maximumEntries: maximumEntries, at: clock.wall()))
        (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    public var namespace: Namespace { cache.namespace }

    public var status: CacheStatus {
        let redis = cache.redis.status
        return state.withLock { state in
            CacheStatus(
                mode: state.mode, since: state.since, reason: state.reason, pendingWrites: state.pending.count,
                conflicts: state.conflicts, redis: redis)
        }
    }

    public func perform<Outcome>(_ step: CacheStep<Outcome>) async throws(CacheError) -> CacheAnswer<Outcome> {
        while true {
            if let began = state.withLock({ $0.begin() }) {
                do throws(CacheError) {
                    let answer = try await cache.perform(step)
                    withState { $0.remember(step, answer.value, began: began) }
                    return answer
                } catch {
                    guard error.meansAway else { throw error }
                    if let answer = try leaveRedis(error, performing: step) { return counted(answer, step) }
                }
            } else {
                if step.effect.isWrite { await letReplayPass() }
                if let answer = try withState({ state throws(CacheError) in try state.perform(step, isUnknown: false) }) {
                    return counted(answer, step)
                }
            }
        }
    }

    private func counted<Outcome>(_ answer: CacheAnswer<Outcome>, _ step: CacheStep<Outcome>) -> CacheAnswer<Outcome> {
        reads.count(step.tally?(answer.value))
        return answer
    }

    /// New writes wait for the end of a replay, a second at most: under steady load it would else never catch up with them.
    private func letReplayPass() async {
        let deadline = ContinuousClock.now + .seconds(1)
        var pause = Duration.milliseconds(2)
        while state.withLock({ $0.mode == .replaying }), ContinuousClock.now < deadline {
            guard (try? await Task.sleep(for: pause)) != nil else { return }
            pause = min(pause * 2, .milliseconds(50))
        }
    }

    public func keys(_ pattern: String) async throws(CacheError) -> [String] {
        try await falling { client throws(CacheError) in
            try await client.keys(pattern)
        } memory: { store in
            let glob = Glob(pattern)
            return store.keys { !KeySchema.isReserved($0) && glob.matches($0) }
        }
    }

    public func clear() async throws(CacheError) -> Int {
        guard status.mode == .redis else {
            throw CacheError(.unavailable, "Redis is away and the cache cannot be cleared without it; nothing was changed.")
        }
        let removed = try await cache.clear()
        withState { state in
            for key in state.store.keys(where: { _ in true }) { state.store.remove(key) }
        }
        return removed
    }

    public func getStats() async throws(CacheError) -> CacheStats {
        try await falling { client throws(CacheError) in
            try await client.getStats()
        } memory: { store in
            CacheStats(
                hits: 0, misses: 0, size: store.keys { _ in true }.count, memoryUsageMB: Double(store.payloadBytes) / 1_048_576)
        }
    }

    private func falling<Value: Sendable>(
        _ redis: (RedisCacheClient) async throws(CacheError) -> Value, memory: (inout MemoryStore) -> Value
    ) async throws(CacheError) -> Value {
        if status.mode == .redis {
            do throws(CacheError) {
                return try await redis(cache)
            } catch {
                guard error.meansAway else { throw error }
                leaveRedis(error.message)
            }
        }
        return withState { memory(&$0.store) }
    }

    /// Notes that Redis is away; says so once, and has ``run()`` look for its return.
    func leaveRedis(_ why: String) {
        say(withState { $0.leaveRedis(why, at: $0.store.wallNow) }, why)
    }

    /// The same, and under one lock the step that failed: were Redis back between the two, the step could be sent a second time.
    private func leaveRedis<Outcome>(
        _ error: CacheError, performing step: CacheStep<Outcome>
    ) throws(CacheError) -> CacheAnswer<Outcome>? {
        let (isNew, result) = withState { state -> (Bool, Result<CacheAnswer<Outcome>?, CacheError>) in
            let isNew = state.leaveRedis(error.message, at: state.store.wallNow)
            do throws(CacheError) {
                return (isNew, .success(try state.perform(step, isUnknown: error.code == .outcomeUnknown)))
            } catch {
                return (isNew, .failure(error))
            }
        }
        say(isNew, error.message)
        return try result.get()
    }

    private func say(_ isNew: Bool, _ why: String) {
        if isNew { logger.warning("Redis is away: answering from memory", metadata: ["reason": "\(why)"]) }
        wake.yield()
    }

    func wakeUp() {
        wake.yield()
    }

    /// Runs `body` under the lock with the clocks set.
    @discardableResult
    func withState<Value: Sendable, Failure: Error>(
        _ body: (inout FallbackState) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let (now, wallNow) = (clock.monotonic(), clock.wall())
        let result = state.withLock { state -> Result<Value, Failure> in
            state.store.now = now
            state.store.wallNow = wallNow
            // Under the lock, so that others see the changes in the order in which they were made.
            defer { for change in state.takeChanges() { localChanges.append(change) } }
            do throws(Failure) {
                return .success(try body(&state))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}

public import CoreMetrics
import Synchronization
public import ServiceLifecycle

/// The cache in the memory of one process (Seed: RedisClient, the Map-based engine).
///
/// At most 1,000 keys unless configured otherwise, first in, first out; expiry by a clock that never jumps. Nothing is shared with
/// other processes and nothing survives this one. ``run()`` sweeps expired keys every 60 seconds; without it they are still never answered.
public final class InMemoryCacheClient: ICacheClient {
    struct State {
        var store: MemoryStore
        var hits = 0
        var misses = 0
    }

    public let namespace: Namespace
    /// The changes that steps make, as a stream of this process.
    public let events: InMemoryEventStream
    private let clock: CacheClock
    private let started: Timestamp
    private let reads: CacheMetrics
    private let state: Mutex<State>

    /// - Parameters:
    ///   - maximumEntries: how many keys are held; at least 1.
    ///   - metrics: where hits and misses are counted; the process' own unless given.
    public init(
        namespace: Namespace = .standard, maximumEntries: Int = 1000, clock: CacheClock = .system,
        metrics: any MetricsFactory = MetricsSystem.factory
    ) {
        self.namespace = namespace
        self.clock = clock
        self.started = clock.wall()
        self.reads = CacheMetrics(.memory, metrics)
        self.events = InMemoryEventStream(maximumLength: CacheRules.eventsLength, clock: clock)
        self.state = Mutex(State(store: MemoryStore(maximumEntries: maximumEntries)))
    }

    public var status: CacheStatus { CacheStatus(mode: .memory, since: started, reason: "CACHE_BACKEND is memory") }

    public func perform<Outcome>(_ step: CacheStep<Outcome>) async throws(CacheError) -> CacheAnswer<Outcome> {
        let result = withState { state -> Result<Outcome, CacheError> in
            do throws(CacheError) {
                let outcome = try step.inMemory(&state.store)
                if let tally = step.tally?(outcome) {
                    state.hits += tally.hits
                    state.misses += tally.misses
                }
                // Under the lock, so that the stream has the changes in the order in which they were made.
                for change in state.store.takeChanges() { events.append(change) }
                return .success(outcome)
            } catch {
                return .failure(error)
            }
        }
        let outcome = try result.get()
        reads.count(step.tally?(outcome))
        return CacheAnswer(outcome, from: CacheSource(.memory))
    }

    public func keys(_ pattern: String) async throws(CacheError) -> [String] {
        let glob = Glob(pattern)
        return withState { $0.store.keys { !KeySchema.isReserved($0) && glob.matches($0) } }
    }

    public func clear() async throws(CacheError) -> Int {
        withState { state in
            let keys = state.store.keys { !KeySchema.isReserved($0) }
            for key in keys { state.store.remove(key) }
            return keys.count
        }
    }

    public func getStats() async throws(CacheError) -> CacheStats {
        withState { state in
            state.store.sweep()
            return CacheStats(
                hits: state.hits, misses: state.misses, size: state.store.entries.count,
                memoryUsageMB: Double(state.store.payloadBytes) / 1_048_576)
        }
    }

    /// Removes what has expired.
    public func sweep() {
        withState { $0.store.sweep() }
    }

    private func withState<Value: Sendable>(_ body: (inout State) -> Value) -> Value {
        let (now, wallNow) = (clock.monotonic(), clock.wall())
        return state.withLock { state in
            state.store.now = now
            state.store.wallNow = wallNow
            return body(&state)
        }
    }
}

extension InMemoryCacheClient: Service {
    /// Sweeps every 60 seconds until the service ends.
    public func run() async {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: .seconds(60))) != nil { self.sweep() }
        }
    }
}

extension MemoryStore {
    /// The changes since the last call.
    mutating func takeChanges() -> [ChangeEvent] {
        guard !changes.isEmpty else { return [] }
        defer { changes = [] }
        return changes
    }
}

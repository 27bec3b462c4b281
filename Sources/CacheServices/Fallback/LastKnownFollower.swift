import DequeModule

/// Keeps the last-known values of a ``FallbackCacheClient`` fresh, other processes' writes included: a snapshot first, then the
/// entries of the change stream as they come. One round trip when nothing changed.
struct LastKnownFollower {
    private let cache: RedisCacheClient
    private let changes: RedisEventStream
    private var last: StreamID?

    init(_ cache: RedisCacheClient) {
        self.cache = cache
        self.changes = .changes(cache.redis, namespace: cache.namespace)
    }

    mutating func refresh(_ fallback: FallbackCacheClient) async {
        do throws(CacheError) {
            guard let last else { return try await takeSnapshot(fallback) }
            let entries = try await changes.entries(after: last, limit: CacheRules.eventsLength)
            // A full answer may be the rest of a longer story that was trimmed.
            if entries.count >= CacheRules.eventsLength { return try await takeSnapshot(fallback) }
            for entry in entries { if let change = ChangeEvent(entry) { fallback.apply(change) } }
            self.last = entries.last?.id ?? last
        } catch {
            last = nil
        }
    }

    private mutating func takeSnapshot(_ fallback: FallbackCacheClient) async throws(CacheError) {
        last = try await changes.newest(1).first?.id ?? .zero
        _ = try await fallback.perform(.get(KeySchema.signalLatest, lifetime: CacheRules.signalLifetime).uncounted())
        _ = try await fallback.perform(.indexed(KeySchema.indexPositions, prefix: KeySchema.positionPrefix, lifetime: nil).uncounted())
        _ = try await fallback.perform(
            .indexed(KeySchema.indexMetrics, prefix: KeySchema.metricsPrefix, lifetime: CacheRules.metricsLifetime).uncounted())
        // More histories than memory holds would only push each other out.
        for item in try await fallback.perform(.latestBySymbol.uncounted()).value.prefix(200) {
            let history = KeySchema.signalHistory(item.symbol)
            _ = try await fallback.perform(
                .range(history, 0, CacheRules.historyLength - 1, lifetime: CacheRules.signalLifetime).uncounted())
        }
    }
}

extension FallbackCacheClient {
    /// Does in memory what another process did in Redis.
    func apply(_ change: ChangeEvent) {
        withState { state in
            guard state.mode == .redis else { return }
            state.store.apply(change)
            state.store.changes = []
        }
    }
}

extension MemoryStore {
    mutating func apply(_ change: ChangeEvent) {
        if change.topic == .signals, let target = PublishTarget(rawValue: change.event) {
            if let signal = try? Signal(stored: change.value) { _ = try? publish(signal, change.value, to: target) }
            return
        }
        switch (change.topic, change.event) {
        case (.positions, "set"): remember(change.key, change.value, nil)
        case (.metrics, "set"): remember(change.key, change.value, CacheRules.metricsLifetime)
        case (_, "cleared"):
            for key in keys(where: { $0 == change.key || $0.hasPrefix(change.key + ":") }) { remove(key) }
        default: remove(change.key)
        }
    }
}

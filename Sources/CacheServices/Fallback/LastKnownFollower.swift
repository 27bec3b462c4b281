import DequeModule

/// Keeps the last-known values of a ``FallbackCacheClient`` fresh, other processes' writes included: a snapshot first, then the
/// entries of the change stream as they come. One round trip when nothing changed.
///
/// Not everything leaves an entry: `clear`, programs that write our keys themselves, a Redis that lost its data. A snapshot after each
/// return of Redis and every 30 seconds takes that over, and drops what is gone.
struct LastKnownFollower {
    /// More histories than memory holds would only push each other out.
    private static let histories = 200

    private let cache: RedisCacheClient
    private let changes: RedisEventStream
    private let snapshotEvery: Duration
    private var last: StreamID?
    private var returns = 0
    private var snapshotAt: ContinuousClock.Instant?

    init(_ cache: RedisCacheClient, snapshotEvery: Duration = .seconds(30)) {
        self.cache = cache
        self.changes = .changes(cache.redis, namespace: cache.namespace)
        self.snapshotEvery = snapshotEvery
    }

    mutating func refresh(_ fallback: FallbackCacheClient) async {
        do throws(CacheError) {
            let (began, returns) = fallback.withState { ($0.store.recentWrites.last, $0.returns) }
            let isDue = snapshotAt.map { $0.duration(to: .now) >= snapshotEvery } ?? true
            guard let last, returns == self.returns, !isDue else {
                self.returns = returns
                return try await takeSnapshot(fallback)
            }
            let entries = try await changes.entries(after: last, limit: CacheRules.eventsLength)
            // A full answer may be the rest of a longer story that was trimmed.
            if entries.count >= CacheRules.eventsLength { return try await takeSnapshot(fallback) }
            let news = entries.compactMap(ChangeEvent.init)
            let unknown = fallback.withState { $0.store.takeUnknownHistories(in: news, limit: Self.histories) }
            for history in unknown { try await read(history, fallback) }
            // What was just read has these changes already.
            fallback.withState { $0.apply(news, began: began, wholeHistories: unknown) }
            self.last = entries.last?.id ?? last
        } catch {
            last = nil
        }
    }

    private mutating func takeSnapshot(_ fallback: FallbackCacheClient) async throws(CacheError) {
        snapshotAt = .now
        last = try await changes.newest(1).first?.id ?? .zero
        _ = try await fallback.perform(.get(KeySchema.signalLatest, lifetime: CacheRules.signalLifetime).uncounted())
        _ = try await fallback.perform(.indexed(KeySchema.indexPositions, prefix: KeySchema.positionPrefix, lifetime: nil).uncounted())
        _ = try await fallback.perform(
            .indexed(KeySchema.indexMetrics, prefix: KeySchema.metricsPrefix, lifetime: CacheRules.metricsLifetime).uncounted())
        let began = fallback.withState { $0.store.recentWrites.last }
        let listed = try await fallback.perform(.latestBySymbol.uncounted()).value.map { KeySchema.signalHistory($0.symbol) }
        fallback.withState { $0.keepHistories(Set(listed), began: began) }
        for history in listed.prefix(Self.histories) { try await read(history, fallback) }
        let returns = returns
        fallback.withState {
            $0.store.knowsEveryHistory = $0.mode == .redis && $0.returns == returns && listed.count <= Self.histories
        }
    }

    private func read(_ history: String, _ fallback: FallbackCacheClient) async throws(CacheError) {
        _ = try await fallback.perform(
            .range(history, 0, CacheRules.historyLength - 1, lifetime: CacheRules.signalLifetime).uncounted())
    }
}

extension MemoryStore {
    /// The histories that others or this process pushed to and that are not held here; no more than there is room for.
    mutating func takeUnknownHistories(in changes: [ChangeEvent], limit: Int) -> Set<String> {
        defer { unknownHistories = [] }
        let pushed = changes.lazy.filter { $0.topic == .signals && PublishTarget(rawValue: $0.event)?.addsToHistory == true }.map(\.key)
        let unknown = unknownHistories.union(pushed).filter { entry($0) == nil }
        guard !unknown.isEmpty else { return [] }
        let held = keys { $0.hasPrefix(KeySchema.signalHistoryPrefix) }.count
        return Set(unknown.prefix(max(0, limit - held)))
    }

    mutating func apply(_ change: ChangeEvent, wholeHistories: Set<String>) {
        if change.topic == .signals, let target = PublishTarget(rawValue: change.event) {
            guard let signal = try? Signal(stored: change.value) else { return }
            let isRead = target.addsToHistory && wholeHistories.contains(change.key)
            if isRead, !target.setsLatest { return }
            _ = try? publish(signal, change.value, to: isRead ? .latest : target)
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

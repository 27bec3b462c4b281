import DequeModule

/// Where a ``FallbackCacheClient`` stands, and what it keeps. Pure: its owner holds the lock, the clocks and the network.
struct FallbackState {
    var mode = CacheStatus.Mode.redis
    var since: Timestamp
    var reason: String?
    var store: MemoryStore
    var pending: Deque<PendingWrite> = []
    var conflicts = 0

    init(maximumEntries: Int, at time: Timestamp) {
        store = MemoryStore(maximumEntries: maximumEntries)
        since = time
    }

    /// Redis is away. False when that was known.
    mutating func leaveRedis(_ why: String, at time: Timestamp) -> Bool {
        guard mode != .memory else { return false }
        let isNew = mode == .redis
        mode = .memory
        reason = why
        store.marksWrites = true
        if isNew { since = time }
        return isNew
    }

    /// Redis is back; what is pending goes to it first.
    mutating func startReplay(at time: Timestamp) {
        guard mode == .memory else { return }
        mode = .replaying
        since = time
    }

    /// Everything is in Redis: it answers again. False while something is pending.
    mutating func finishReplay(at time: Timestamp) -> Bool {
        guard pending.isEmpty else { return false }
        guard mode != .redis else { return true }
        mode = .redis
        since = time
        reason = nil
        store.clearMarks()
        return true
    }

    /// Runs a step in memory while Redis is away. `nil` when Redis is back and should be asked.
    ///
    /// - Parameter isUnknown: whether the step may have reached Redis already.
    mutating func perform<Outcome>(_ step: CacheStep<Outcome>, isUnknown: Bool) throws(CacheError) -> CacheAnswer<Outcome>? {
        guard mode != .redis else { return nil }
        try check(step.effect, isUnknown: isUnknown)
        guard step.effect.isWrite else {
            return CacheAnswer(try step.inMemory(&store), from: CacheSource(.memory, staleAge: staleAge(of: step.request.keys)))
        }
        guard pending.count < 10 * store.maximumEntries else {
            throw CacheError(.overCapacity, "Redis is away and too many writes wait for it; nothing was recorded.")
        }
        let write = PendingWrite.waiting(for: step.request, step.effect, lastKnown: try lastKnown(step.effect))
        let outcome = try step.inMemory(&store)
        store.changes = []
        if let write { pending.append(write) }
        return CacheAnswer(outcome, from: CacheSource(.memory))
    }

    private func lastKnown(_ effect: CacheEffect) throws(CacheError) -> [UInt8]? {
        guard case .overwrites(let key, _) = effect else { return nil }
        return try store.string(key)
    }

    private func check(_ effect: CacheEffect, isUnknown: Bool) throws(CacheError) {
        switch effect {
        case .needsRedis:
            throw CacheError(.unavailable, "Redis is away and this cannot be done without it; nothing was changed.")
        case .appends where isUnknown:
            throw CacheError(.outcomeUnknown, "Redis did not answer; whether the value was added is unknown.")
        default: return
        }
    }

    /// The greatest age of what memory holds under these keys; a key that ends with a colon stands for all that start with it.
    private func staleAge(of keys: [String]) -> Duration? {
        var age: Duration?
        for key in keys {
            let entries = key.hasSuffix(":") ? store.keys { $0.hasPrefix(key) }.compactMap(store.entry) : [store.entry(key)].compactMap(\.self)
            for entry in entries where !entry.isUnreplayed { age = max(age ?? .zero, entry.confirmed.duration(to: store.now)) }
        }
        return age
    }

    /// Keeps what Redis answered, for the next outage.
    mutating func remember<Outcome>(_ step: CacheStep<Outcome>, _ outcome: Outcome) {
        guard mode == .redis else { return }
        step.remember(outcome, &store)
        store.changes = []
    }
}

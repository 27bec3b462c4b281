import DequeModule

/// Where a ``FallbackCacheClient`` stands, and what it keeps. Pure: its owner holds the lock, the clocks and the network.
struct FallbackState {
    var mode = CacheStatus.Mode.redis
    var since: Timestamp
    var reason: String?
    var store: MemoryStore
    var pending: Deque<PendingWrite> = []
    var conflicts = 0
    /// Tells this process' replayed pushes from those of others.
    private let writer = String(UInt64.random(in: 0...UInt64.max), radix: 36)
    private var lastNumber = 0

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
        guard pending.isEmpty, mode == .replaying else { return mode == .redis }
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
        let lastKnown = try present(step.effect)
        let outcome = try step.inMemory(&store)
        store.changes = []
        if step.wrote?(outcome) ?? true {
            lastNumber += 1
            let write = PendingWrite.waiting(
                for: step.request, step.effect, lastKnown: lastKnown, result: try present(step.effect), mayHaveArrived: isUnknown,
                writer: writer, number: lastNumber)
            if let write { pending.append(write) }
        } else if isUnknown {
            throw CacheError(
                .outcomeUnknown, "Redis did not answer; whether the value was written is unknown.", key: step.request.keys.first)
        }
        return CacheAnswer(outcome, from: CacheSource(.memory))
    }

    /// What memory holds of the key that a step overwrites. Lists cannot be compared and so cannot be overwritten later.
    private func present(_ effect: CacheEffect) throws(CacheError) -> [UInt8]? {
        guard case .overwrites(let key, _) = effect else { return nil }
        if case .list? = store.entry(key)?.value {
            throw CacheError(.unavailable, "Redis is away and a list cannot be replaced without it; nothing was changed.", key: key)
        }
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
            let entries =
                key.hasSuffix(":") ? store.keys { $0.hasPrefix(key) }.compactMap(store.entry) : [store.entry(key)].compactMap(\.self)
            for entry in entries where !entry.isUnreplayed { age = max(age ?? .zero, entry.confirmed.duration(to: store.now)) }
        }
        return age
    }

    /// Keeps what Redis answered, for the next outage or for one that came in between. What was written since counts more.
    mutating func remember<Outcome>(_ step: CacheStep<Outcome>, _ outcome: Outcome) {
        guard mode == .redis || !step.request.keys.contains(where: isOverwritten) else { return }
        withoutMarks { store in step.remember(outcome, &store) }
    }

    private func isOverwritten(_ key: String) -> Bool {
        store.entry(key)?.isUnreplayed == true || pending.contains { $0.key == key }
    }

    private mutating func withoutMarks(_ body: (inout MemoryStore) -> Void) {
        let marksWrites = store.marksWrites
        store.marksWrites = false
        body(&store)
        store.marksWrites = marksWrites
        store.changes = []
    }

    /// Redis has the first pending write.
    mutating func delivered() {
        pending.removeFirst()
    }

    /// The first pending write was sent without an answer.
    mutating func firstIsUncertain() {
        guard !pending.isEmpty else { return }
        pending[0].mayHaveArrived = true
    }

    /// The first pending write lost, and with it those that were built on it. Memory takes over what Redis has.
    mutating func firstLost(against present: [UInt8]?) {
        let write = pending.removeFirst()
        conflicts += 1
        var isBuiltOn = true
        pending.removeAll { later in
            guard isBuiltOn, later.key == write.key else { return false }
            guard case .overwrite = later.kind else {
                isBuiltOn = false
                return false
            }
            conflicts += 1
            return true
        }
        guard !pending.contains(where: { $0.key == write.key }) else { return }
        let lifetime = write.key.hasPrefix(KeySchema.positionPrefix) ? nil : CacheRules.defaultLifetime
        withoutMarks { store in
            store.remove(write.key)
            store.remember(write.key, present, lifetime)
        }
    }

    /// The first pending write can never be stored.
    mutating func firstIsRefused() {
        let write = pending.removeFirst()
        conflicts += 1
        guard write.kind != .ordered else { return }
        store.remove(write.key)
    }
}

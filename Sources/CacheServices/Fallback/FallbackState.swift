import DequeModule
import Hiredis

/// Where a ``FallbackCacheClient`` stands, and what it keeps. Pure: its owner holds the lock, the clocks and the network.
struct FallbackState {
    var mode = CacheStatus.Mode.redis
    var since: Timestamp
    var reason: String?
    var store: MemoryStore
    var pending: Deque<PendingWrite> = []
    var conflicts = 0
    /// What was changed here instead of in Redis, since it was last taken.
    private var changes: [ChangeEvent] = []
    /// Tells this process' replayed pushes from those of others.
    private let writer = String(UInt64.random(in: 0...UInt64.max), radix: 36)
    private var lastNumber = 0
    /// How often Redis came back.
    private(set) var returns = 0
    /// Lists that are longer in Redis than here.
    private var partialLists: Set<String> = []

    init(maximumEntries: Int, at time: Timestamp) {
        store = MemoryStore(maximumEntries: maximumEntries, isCopy: true)
        since = time
    }

    /// Redis is away. False when that was known.
    mutating func leaveRedis(_ why: String, at time: Timestamp) -> Bool {
        guard mode != .memory else { return false }
        let isNew = mode == .redis
        mode = .memory
        reason = why
        store.marksWrites = true
        store.knowsEveryHistory = false
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
        returns += 1
        store.clearMarks()
        for key in partialLists { store.remove(key) }
        partialLists = []
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
        _ = try present(step.effect)
        // Its time may have passed here and not in Redis.
        let lastKnown: [UInt8]? = if case .overwrites(let key, _) = step.effect { store.lastKnown(key) } else { nil }
        let outcome = try step.inMemory(&store)
        let made = store.takeChanges()
        if step.wrote?(outcome) ?? true {
            changes += made
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

    /// The changes that were made here since the last call.
    mutating func takeChanges() -> [ChangeEvent] {
        defer { changes = [] }
        return changes
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

    /// What an answer of Redis has to be remembered with: the newest write now, before its question is sent. `nil` when Redis is away.
    func begin() -> UInt64? { mode == .redis ? store.recentWrites.last : nil }

    /// Keeps what Redis answered, for the next outage or for one that came in between. What was written since counts more: an answer to
    /// a read leaves keys alone that were written after it `began`, whether in Redis or here.
    mutating func remember<Outcome>(_ step: CacheStep<Outcome>, _ outcome: Outcome, began: UInt64) {
        guard mode == .redis || !step.request.keys.contains(where: isOverwritten) else { return }
        withoutMarks(began: began, isRead: !step.effect.isWrite) { store in step.remember(outcome, &store) }
    }

    /// Does in memory what others did in Redis, as a reading of the change stream says that `began` at this write.
    mutating func apply(_ changes: [ChangeEvent], began: UInt64, wholeHistories: Set<String>) {
        guard mode == .redis else { return }
        for change in changes where change.topic != .health {
            // Signals are merged by their time and their content, whoever was first.
            let isMerged = change.topic == .signals && PublishTarget(rawValue: change.event) != nil
            withoutMarks(began: began, isRead: !isMerged) { store in store.apply(change, wholeHistories: wholeHistories) }
        }
    }

    /// Drops the histories that Redis does not have, as a reading of the index says that `began` at this write.
    mutating func keepHistories(_ listed: Set<String>, began: UInt64) {
        guard mode == .redis else { return }
        withoutMarks(began: began, isRead: true) { store in
            for key in store.keys(where: { $0.hasPrefix(KeySchema.signalHistoryPrefix) }) where !listed.contains(key) { store.remove(key) }
        }
    }

    /// Whether a key, or one of those that it is the prefix of, holds or waits to become something that Redis does not have.
    private func isOverwritten(_ key: String) -> Bool {
        guard key.hasSuffix(":") else { return store.entry(key)?.isUnreplayed == true || pending.contains { $0.key == key } }
        return pending.contains { $0.key.hasPrefix(key) } || store.entries.contains { $0.value.isUnreplayed && $0.key.hasPrefix(key) }
    }

    private mutating func withoutMarks(began: UInt64? = nil, isRead: Bool = false, _ body: (inout MemoryStore) -> Void) {
        let marksWrites = store.marksWrites
        store.marksWrites = false
        store.began = began
        store.isRead = isRead
        body(&store)
        store.began = nil
        store.isRead = false
        store.marksWrites = marksWrites
        store.changes = []
    }

    /// Redis has the first pending write. A list that became longer there than here is not whole here.
    mutating func delivered(_ reply: RedisReply? = nil) {
        let write = pending.removeFirst()
        guard write.kind == .append, !pending.contains(where: { $0.key == write.key }) else { return }
        if let length = reply?.integer, case .list(let elements)? = store.entry(write.key)?.value, elements.count == Int(length) {
            partialLists.remove(write.key)
        } else {
            partialLists.insert(write.key)
        }
    }

    /// The first pending write goes again, now that what it was to replace is known to be gone.
    mutating func firstExpectsNothing() {
        guard !pending.isEmpty else { return }
        pending[0].expectNothing()
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
        guard write.kind != .ordered, !pending.contains(where: { $0.key == write.key }) else { return }
        store.remove(write.key)
    }
}

package import DequeModule

/// The cache in this process' memory: strings and lists with expiry, bounded by first-in-first-out eviction.
///
/// A plain value: its owner holds the lock and sets the clocks. Overwriting a key does not make it old; expired entries go before
/// live ones; among live ones, copies of what Redis has go before writes that Redis does not have yet.
///
/// As the last-known copy of Redis (`isCopy`) it also keeps the project's own families longest, and does not let an answer undo what
/// was written after its question was sent.
package struct MemoryStore: Sendable {
    enum Value: Sendable, Equatable {
        case string([UInt8])
        case list(Deque<[UInt8]>)
    }

    struct Entry: Sendable {
        var value: Value
        var expires: ContinuousClock.Instant?
        /// When the value was last known to be the one in Redis.
        var confirmed: ContinuousClock.Instant
        /// Written while Redis was away, and not replayed yet.
        var isUnreplayed: Bool
        fileprivate(set) var order: UInt64
        fileprivate let rank: EvictionRank
        /// The lifetime is a guess of a read, as opposed to what a write named.
        fileprivate var isAssumed: Bool
    }

    /// The most keys that are held.
    let maximumEntries: Int
    /// The clock of lifetimes; a jump of the wall clock does not move it.
    package var now = ContinuousClock.now
    /// The clock of timestamps.
    package var wallNow = Timestamp.now
    /// Whether writes are marked as missing in Redis.
    var marksWrites = false
    /// The changes that steps made since they were last taken.
    package var changes: [ChangeEvent] = []

    /// Whether this is the last-known copy of Redis.
    let isCopy: Bool
    /// While an answer of Redis is taken over: the newest write when its question was sent.
    var began: UInt64?
    /// Whether that answer is one of a read (or an event), which never undoes a write; a write's is news.
    var isRead = false
    private(set) var recentWrites = RecentWrites()
    /// Whether every history that Redis has is held here whole, so that one that is not held is new.
    var knowsEveryHistory = false
    /// Histories that were pushed to while they were not held whole; they are to be read.
    var unknownHistories: Set<String> = []

    private(set) var entries: [String: Entry] = [:]
    private var queues = [Deque<(key: String, order: UInt64)>](repeating: [], count: 3)
    private var nextOrder: UInt64 = 0
    private(set) var unreplayedCount = 0

    init(maximumEntries: Int, isCopy: Bool = false) {
        self.maximumEntries = max(1, maximumEntries)
        self.isCopy = isCopy
    }

    /// The live entry of a key.
    func entry(_ key: String) -> Entry? {
        guard let entry = entries[key], entry.expires.map({ $0 > now }) ?? true else { return nil }
        return entry
    }

    package func string(_ key: String) throws(CacheError) -> [UInt8]? {
        switch entry(key)?.value {
        case .string(let bytes)?: return bytes
        case nil: return nil
        case .list?: throw Self.wrongType(key)
        }
    }

    /// The string under a key, even when its time has passed here: what Redis may still have.
    func lastKnown(_ key: String) -> [UInt8]? {
        if case .string(let bytes)? = entries[key]?.value { bytes } else { nil }
    }

    /// Whether the key was written here after the question of the present answer was sent.
    func hasChanged(_ key: String) -> Bool { began.map { recentWrites.contains(key, after: $0) } ?? false }

    private var isSuperseding: Bool { isCopy && !isRead }

    package func list(_ key: String) throws(CacheError) -> Deque<[UInt8]>? {
        switch entry(key)?.value {
        case .list(let elements)?: return elements
        case nil: return nil
        case .string?: throw Self.wrongType(key)
        }
    }

    package mutating func set(_ key: String, string: [UInt8], expires: ContinuousClock.Instant?) throws(CacheError) {
        try set(key, .string(string), expires: expires)
    }

    package mutating func set(_ key: String, list: Deque<[UInt8]>, expires: ContinuousClock.Instant?) throws(CacheError) {
        try set(key, .list(list), expires: expires)
    }

    private mutating func set(_ key: String, _ value: Value, expires: ContinuousClock.Instant?) throws(CacheError) {
        if isRead, hasChanged(key) { return }
        if isSuperseding { recentWrites.note(key) }
        // What has expired is gone, and its place in the queue with it.
        if entry(key) == nil { drop(key) }
        if var entry = entries[key] {
            if marksWrites, !entry.isUnreplayed { try reserveUnreplayed() }
            if entry.isUnreplayed != marksWrites { unreplayedCount += marksWrites ? 1 : -1 }
            entry.value = value
            entry.expires = expires
            entry.confirmed = now
            entry.isUnreplayed = marksWrites
            entry.isAssumed = isRead
            entries[key] = entry
            return
        }
        if marksWrites { try reserveUnreplayed() }
        let rank = isCopy ? EvictionRank(key) : .generic
        try makeRoom(for: rank)
        nextOrder += 1
        entries[key] = Entry(
            value: value, expires: expires, confirmed: now, isUnreplayed: marksWrites, order: nextOrder, rank: rank, isAssumed: isRead)
        queues[rank.rawValue].append((key, nextOrder))
        if marksWrites { unreplayedCount += 1 }
    }

    @discardableResult
    package mutating func remove(_ key: String) -> Bool {
        if isRead, hasChanged(key) { return false }
        if isSuperseding { recentWrites.note(key) }
        let wasLive = entry(key) != nil
        drop(key)
        return wasLive
    }

    /// Notes that Redis still has what is held here, and that it lives at least until then. A lifetime that a caller named for a key of
    /// its own is not lengthened by reading.
    mutating func confirm(_ key: String, until expires: ContinuousClock.Instant?) {
        Self.confirm(&entries[key], now, until: expires)
    }

    private static func confirm(_ entry: inout Entry?, _ now: ContinuousClock.Instant, until expires: ContinuousClock.Instant?) {
        guard let known = entry else { return }
        entry?.confirmed = now
        if known.isAssumed || known.rank != .generic { entry?.expires = known.expires.flatMap { old in expires.map { max(old, $0) } } }
    }

    /// Notes that Redis has everything now.
    mutating func clearMarks() {
        for key in entries.keys { entries[key]?.isUnreplayed = false }
        unreplayedCount = 0
        marksWrites = false
    }

    /// Live keys, sorted.
    package func keys(where matches: (String) -> Bool) -> [String] {
        entries.keys.filter { matches($0) && entry($0) != nil }.sorted()
    }

    /// Removes what has expired.
    mutating func sweep() {
        let expired = entries.filter { _, entry in entry.expires.map { $0 <= now } ?? false }
        for key in expired.keys { drop(key) }
    }

    /// Bytes of keys and values, without the overhead of the containers.
    var payloadBytes: Int {
        entries.reduce(0) { total, item in
            switch item.value.value {
            case .string(let bytes): total + item.key.utf8.count + bytes.count
            case .list(let elements): elements.reduce(total + item.key.utf8.count) { $0 + $1.count }
            }
        }
    }

    /// Makes sure that all of these keys can be written, so that a step over several of them is done whole or not at all.
    func reserve(_ keys: [String]) throws(CacheError) {
        guard marksWrites else { return }
        try reserveUnreplayed(keys.count { entries[$0]?.isUnreplayed != true })
    }

    private func reserveUnreplayed(_ count: Int = 1) throws(CacheError) {
        guard unreplayedCount + count <= maximumEntries else {
            throw CacheError(.overCapacity, "Redis is away and memory is full of writes that it does not have yet; nothing was recorded.")
        }
    }

    private mutating func makeRoom(for rank: EvictionRank) throws(CacheError) {
        guard entries.count >= maximumEntries else { return }
        sweep()
        while entries.count >= maximumEntries {
            // A mere copy pushes out nothing that is worth more.
            guard let victim = oldestEvictable(upTo: marksWrites ? .family : rank) else {
                if rank == .history { knowsEveryHistory = false }
                throw CacheError(.overCapacity, "Memory is full of writes that Redis does not have yet; nothing was recorded.")
            }
            if entries[victim]?.rank == .history { knowsEveryHistory = false }
            drop(victim)
        }
    }

    private mutating func oldestEvictable(upTo rank: EvictionRank) -> String? {
        for number in 0...rank.rawValue {
            // Entries that were removed or inserted anew since leave stale places in the queue.
            while let first = queues[number].first, entries[first.key]?.order != first.order { queues[number].removeFirst() }
            let place = queues[number].first { place in
                guard let entry = entries[place.key], entry.order == place.order else { return false }
                return !entry.isUnreplayed
            }
            if let place { return place.key }
        }
        return nil
    }

    private mutating func drop(_ key: String) {
        guard let entry = entries.removeValue(forKey: key) else { return }
        if entry.isUnreplayed { unreplayedCount -= 1 }
        // Keeps the queue within twice the entries even when keys come and go without eviction.
        let number = entry.rank.rawValue
        if queues[number].count > 2 * maximumEntries + 16 { queues[number].removeAll { entries[$0.key]?.order != $0.order } }
    }

    private static func wrongType(_ key: String) -> CacheError {
        CacheError(.dataConflict, "The key holds a value of another type; it was left as it is.", key: key)
    }
}

extension MemoryStore {
    /// The moment at which something written now expires.
    package func expiry(afterMilliseconds milliseconds: Int64?) -> ContinuousClock.Instant? {
        milliseconds.map { now + .milliseconds($0) }
    }

    /// Ends a step whose value lies more than five minutes ahead of the clock.
    func refuseFuture(_ timestamp: Timestamp) throws(CacheError) {
        guard timestamp <= wallNow + Signal.maximumFutureSkew else {
            throw CacheError(.futureTimestamp, "The timestamp is more than 5 minutes in the future; nothing was written.")
        }
    }
}

import Hiredis

// The steps behind get, set, delete, exists, ttl and compare-and-set.

extension CacheStep where Outcome == [UInt8]? {
    /// GET. `lifetime` is how long memory may keep the answer for an outage.
    package static func get(_ key: String, lifetime: Duration? = CacheRules.defaultLifetime) -> Self {
        CacheStep(
            .command("GET", [key], access: .read), effect: .none,
            decode: { reply throws(CacheError) in try reply.optionalBytes(key) },
            remember: { bytes, store in store.remember(key, bytes, lifetime) },
            tally: { .found($0 != nil) },
            inMemory: { store throws(CacheError) in try store.string(key) })
    }
}

extension CacheStep where Outcome == [[UInt8]?] {
    /// MGET.
    static func get(_ keys: [String]) -> Self {
        CacheStep(
            .command("MGET", keys, access: .read), effect: .none,
            decode: { reply throws(CacheError) in
                guard let values = reply.array, values.count == keys.count else { throw .unexpectedReply() }
                return values.map { if case .bulk(let bytes) = $0 { bytes } else { nil } }
            },
            remember: { values, store in
                for (key, bytes) in zip(keys, values) { store.remember(key, bytes, CacheRules.defaultLifetime) }
            },
            tally: { values in
                let hits = values.count { $0 != nil }
                return CacheTally(hits: hits, misses: values.count - hits)
            },
            inMemory: { store in keys.map { try? store.string($0) } })
    }
}

extension CacheStep where Outcome == Void {
    /// SET, with PX unless the value never expires.
    static func set(_ key: String, _ value: [UInt8], milliseconds: Int64?) -> Self {
        let lifetime = milliseconds.map { [.text("PX"), RedisArgument.integer($0)] } ?? []
        return CacheStep(
            .command("SET", [key], [.bytes(value)] + lifetime),
            effect: .overwrites(key: key) { .guardedSet(key, .unchanged($0), value, milliseconds: milliseconds) },
            decode: { _ in },
            inMemory: { store throws(CacheError) in
                try store.set(key, string: value, expires: store.expiry(afterMilliseconds: milliseconds))
            })
    }
}

extension CacheStep where Outcome == Bool {
    /// UNLINK.
    static func delete(_ key: String) -> Self {
        CacheStep(
            .command("UNLINK", [key]), effect: .overwrites(key: key) { .guardedDelete(key, .unchanged($0)) },
            decode: { reply throws(CacheError) in try reply.count() > 0 },
            inMemory: { store in store.remove(key) })
    }

    /// EXISTS.
    static func exists(_ key: String) -> Self {
        CacheStep(
            .command("EXISTS", [key], access: .read), effect: .none,
            decode: { reply throws(CacheError) in try reply.count() > 0 },
            remember: { _, _ in },
            inMemory: { store in store.entry(key) != nil })
    }

    /// Compare-and-set; false when the key holds something else than `expected`, in which case nothing was written.
    static func compareAndSet(_ key: String, expected: [UInt8]?, _ value: [UInt8], milliseconds: Int64?) -> Self {
        CacheStep(
            .guardedSet(key, .expectation(expected), value, milliseconds: milliseconds),
            // What it was decided on, rather than what else may be known: it replaces that and nothing else.
            effect: .overwrites(key: key) { _ in .guardedSet(key, .unchanged(expected), value, milliseconds: milliseconds) },
            decode: { reply throws(CacheError) in try reply.isDone() },
            remember: { isDone, store in if isDone { store.remember(key, value, milliseconds.map { .milliseconds($0) }) } },
            wrote: { $0 },
            inMemory: { store throws(CacheError) in
                guard try store.string(key) == expected else { return false }
                try store.set(key, string: value, expires: store.expiry(afterMilliseconds: milliseconds))
                return true
            })
    }
}

extension CacheStep where Outcome == TimeToLive {
    /// PTTL.
    static func ttl(_ key: String) -> Self {
        CacheStep(
            .command("PTTL", [key], access: .read), effect: .none,
            decode: { reply throws(CacheError) in
                switch try reply.count() {
                case -2: return .missing
                case -1: return .never
                case let milliseconds: return .remaining(.milliseconds(milliseconds))
                }
            },
            remember: { _, _ in },
            inMemory: { store in
                guard let entry = store.entry(key) else { return .missing }
                return entry.expires.map { .remaining(store.now.duration(to: $0)) } ?? .never
            })
    }
}

extension CacheRequest {
    /// Overwrites a string only if the key holds what is expected. Replies 1 or `conflict`.
    static func guardedSet(
        _ key: String, _ expectation: [RedisArgument], _ value: [UInt8], milliseconds: Int64?
    ) -> CacheRequest {
        .script(
            .guardedSet, keys: [key],
            expectation + [.bytes(value), milliseconds.map { .integer($0) } ?? "never"])
    }

    /// Removes a string only if the key holds what is expected. Replies 1, 0 or `conflict`.
    static func guardedDelete(_ key: String, _ expectation: [RedisArgument]) -> CacheRequest {
        .script(.guardedDelete, keys: [key], expectation)
    }
}

extension [RedisArgument] {
    /// What a guarded script expects to find: `any`, `absent`, or `is` and the bytes.
    static func expectation(_ expected: [UInt8]?) -> [RedisArgument] {
        expected.map { ["is", .bytes($0)] } ?? ["absent", ""]
    }

    /// What a replay expects to find: the bytes last known or nothing, for a value that expired or was lost did not change to another.
    /// Where nothing was known only nothing will do: what else is there was never seen here, and wins.
    static func unchanged(_ lastKnown: [UInt8]?) -> [RedisArgument] {
        lastKnown.map { ["unchanged", .bytes($0)] } ?? ["absent", ""]
    }

    static var noExpectation: [RedisArgument] { ["any", ""] }
}

extension MemoryStore {
    /// Keeps what Redis answered: the bytes with a lifetime from now, or their absence. Equal bytes that were read are confirmed.
    mutating func remember(_ key: String, _ bytes: [UInt8]?, _ lifetime: Duration?) {
        guard let bytes else { return _ = remove(key) }
        let expires = lifetime.map { now + $0 }
        if isRead, case .string(bytes)? = entry(key)?.value { return confirm(key, until: expires) }
        _ = try? set(key, string: bytes, expires: expires)
    }
}

extension RedisReply {
    func optionalBytes(_ key: String) throws(CacheError) -> [UInt8]? {
        switch self {
        case .bulk(let bytes): return bytes
        case .null: return nil
        default: throw .unexpectedReply(key)
        }
    }

    func count() throws(CacheError) -> Int {
        guard let integer else { throw .unexpectedReply() }
        return Int(clamping: integer)
    }

    /// Whether something was done: a count above 0, as opposed to 0 or `conflict`.
    func isDone() throws(CacheError) -> Bool {
        if text == "conflict" { return false }
        return try count() > 0
    }

    func byteArrays() throws(CacheError) -> [[UInt8]] {
        guard let array else { throw .unexpectedReply() }
        return array.compactMap(\.bytes)
    }
}

import Hiredis

/// Compares the live keys of a namespace with the key table: types, expiries, values, caps, names and indexes. Changes nothing.
///
/// Names come from SCAN; each batch of keys is read by one script. See ``IndexReconciliation`` for putting the indexes right.
public struct CacheInspection: Sendable {
    /// What an inspection found.
    public struct Report: Sendable, Hashable {
        /// Keys that were looked at.
        public var keys = 0
        /// What was found, sorted by key; at most ``CacheInspection/maximumFindings``.
        public var findings: [CacheFinding] = []
        /// Problems among everything that was found, listed or not.
        public var problems = 0
    }

    /// The findings that are listed; the rest is only counted.
    public static let maximumFindings = 1000

    private let cache: RedisCacheClient

    public init(_ cache: RedisCacheClient) {
        self.cache = cache
    }

    /// One pass over all keys of the namespace.
    public func run() async throws(CacheError) -> Report {
        var report = Report()
        var found: Set<CacheFinding> = []
        let now = Timestamp.now
        var seen: Set<String> = []
        try await cache.scan("*") { names throws(CacheError) in
            let new = names.filter { seen.insert($0).inserted }
            report.keys += new.count
            for start in stride(from: 0, to: new.count, by: 20) {
                let batch = Array(new[start..<min(start + 20, new.count)])
                for key in try await inspect(batch) { found.formUnion(key.findings(now: now)) }
            }
        }
        for (index, prefix) in Self.indexes { found.formUnion(try await dangling(index, prefix)) }
        report.problems = found.count { $0.isProblem }
        // Problems first where the list is cut, then by key.
        let listed = found.sorted { ($0.isProblem ? 0 : 1, $0.key, $0.kind.rawValue) < ($1.isProblem ? 0 : 1, $1.key, $1.kind.rawValue) }
        report.findings = Array(listed.prefix(Self.maximumFindings))
        return report
    }

    private static let indexes = [
        (KeySchema.indexSignals, KeySchema.signalHistoryPrefix), (KeySchema.indexPositions, KeySchema.positionPrefix),
        (KeySchema.indexMetrics, KeySchema.metricsPrefix), (KeySchema.indexOperations, KeySchema.performancePrefix),
    ]

    private func inspect(_ names: [String]) async throws(CacheError) -> [InspectedKey] {
        var keys: [String] = []
        var arguments: [RedisArgument] = [.integer(InspectedKey.maximumBytes), .integer(CacheRules.historyLength)]
        for name in names {
            var rule: KeyRule?
            if case .ruled(let found) = KeyRule.standing(of: name) { rule = found }
            keys += [name, rule?.entry?.index ?? name]
            arguments += [.text(rule?.entry?.member ?? ""), rule.map { $0.content == .opaque } ?? true ? "0" : "1"]
        }
        guard let replies = try await cache.send(.script(.inspect, keys: keys, arguments)).array, replies.count == names.count else {
            throw .unexpectedReply()
        }
        return zip(names, replies).compactMap { InspectedKey($0, $1) }
    }

    private func dangling(_ index: String, _ prefix: String) async throws(CacheError) -> [CacheFinding] {
        do {
            let members = try await cache.send(.script(.danglingMembers, keys: [index, prefix], [])).array ?? []
            return members.compactMap(\.text).map { CacheFinding(.danglingIndex, index, "It lists \($0), and there is no such key.") }
        } catch {
            // An index of another type was found by its own rule.
            guard error.code == .dataConflict else { throw error }
            return []
        }
    }
}

extension RedisScript {
    /// KEYS: key and its index in turn. ARGV: largest size of a value, entries of a list that are read, then for each key its name in the
    /// index (or nothing) and `1` to read its value. Replies for each key type, remaining time, length, `1` if indexed, and values.
    fileprivate static let inspect = RedisScript(
        named: "inspect",
        LuaLibrary.checks + """
            local answer, clock = {}, now()
            local most, count = tonumber(ARGV[1]), tonumber(ARGV[2])
            for i = 1, #KEYS, 2 do
              local key, member, reads = KEYS[i], ARGV[i + 2], ARGV[i + 3] == '1'
              local kind = redis.call('TYPE', key).ok
              local length, indexed, values = 0, 1, {}
              if sizes[kind] then length = redis.call(sizes[kind], key) end
              if kind == 'set' then length = redis.call('SCARD', key) end
              if reads and kind == 'string' and length <= most then values = {redis.call('GET', key)} end
              if reads and kind == 'list' then
                local size = 0
                values = redis.call('LRANGE', key, 0, count - 1)
                for _, value in ipairs(values) do size = size + #value end
                if size > most then values = {} end
              end
              if member ~= '' then
                local score = redis.pcall('ZSCORE', KEYS[i + 1], member)
                indexed = type(score) == 'string' and tonumber(score) >= clock and 1 or 0
              end
              answer[#answer + 1] = {kind, redis.call('PTTL', key), length, indexed, values}
            end
            return answer
            """, access: .read)

    /// KEYS: index, prefix of its keys. Replies members whose time has not passed and whose key does not exist, at most 1000.
    fileprivate static let danglingMembers = RedisScript(
        named: "danglingMembers",
        LuaLibrary.checks + """
            need(KEYS[1], 'zset')
            local answer = {}
            for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. now(), '+inf')) do
              if #answer < 1000 and redis.call('EXISTS', KEYS[2] .. member) == 0 then answer[#answer + 1] = member end
            end
            return answer
            """, access: .read)
}

import Hiredis

/// Brings the indexes in line with the keys, so that values which other programs wrote directly appear in the lists of all symbols,
/// positions and metrics, and what is gone disappears from them.
public struct IndexReconciliation: Sendable {
    /// What a pass found.
    public struct Report: Sendable, Hashable {
        /// Keys that an index did not have.
        public var added = 0
        /// Members of an index whose key is gone.
        public var removed = 0
    }

    private let cache: RedisCacheClient

    public init(_ cache: RedisCacheClient) {
        self.cache = cache
    }

    /// One pass: a scan, and one atomic step for each batch of keys. Never touches the values.
    @discardableResult
    public func run() async throws(CacheError) -> Report {
        var report = Report()
        for family in Self.families {
            try await cache.scan(family.pattern) { names throws(CacheError) in
                let members = names.compactMap(family.member)
                for batch in stride(from: 0, to: members.count, by: 20) {
                    let slice = members[batch..<min(batch + 20, members.count)]
                    report.added += try await cache.send(family.enter(Array(slice))).count()
                }
            }
            report.removed += try await cache.send(family.prune).count()
        }
        return report
    }

    private struct Family {
        let index: String
        /// Keys are this and the member.
        let prefix: String
        let pattern: String
        /// The type of its keys, as `TYPE` answers it.
        let type: String
        let isMember: @Sendable (String) -> Bool

        @Sendable func member(_ name: String) -> String? {
            guard name.hasPrefix(prefix) else { return nil }
            let member = String(name.dropFirst(prefix.count))
            return isMember(member) ? member : nil
        }

        func enter(_ members: [String]) -> CacheRequest {
            .script(
                .enterIndex, keys: [index, KeySchema.indexSignalsLatest, prefix],
                [.text(type)] + members.map(RedisArgument.text))
        }

        var prune: CacheRequest {
            .script(.pruneIndex, keys: [index, KeySchema.indexSignalsLatest, prefix], [.text(type)])
        }
    }

    private static let families = [
        Family(
            index: KeySchema.indexSignals, prefix: KeySchema.signalHistoryPrefix, pattern: KeySchema.signalHistoryPrefix + "*",
            type: "list", isMember: { (try? Symbol($0)) != nil }),
        Family(
            index: KeySchema.indexPositions, prefix: KeySchema.positionPrefix, pattern: KeySchema.positionPrefix + "*",
            type: "string", isMember: { (try? Symbol($0)) != nil }),
        Family(
            index: KeySchema.indexMetrics, prefix: KeySchema.metricsPrefix, pattern: KeySchema.metricsPrefix + "*",
            type: "string",
            isMember: { member in
                member == KeySchema.financialMember
                    || (member.hasPrefix(KeySchema.customMemberPrefix)
                        && (try? MetricName(String(member.dropFirst(KeySchema.customMemberPrefix.count)))) != nil)
            }),
        Family(
            index: KeySchema.indexOperations, prefix: KeySchema.performancePrefix, pattern: KeySchema.performancePrefix + "*",
            type: "stream", isMember: { (try? OperationName($0)) != nil }),
    ]
}

extension RedisScript {
    /// KEYS: index, latest by symbol, prefix. ARGV: type of the keys (`list` is signals), members. Replies how many were new to the index.
    fileprivate static let enterIndex = RedisScript(
        named: "enterIndex",
        LuaLibrary.checks + LuaLibrary.signals + """
            need(KEYS[1], 'zset') need(KEYS[2], 'hash')
            local clock, added = now(), 0
            for i = 2, #ARGV do
              local key, member = KEYS[3] .. ARGV[i], ARGV[i]
              local kind = redis.call('TYPE', key).ok
              if kind == ARGV[1] then
                local left = redis.call('PTTL', key)
                added = added + redis.call('ZADD', KEYS[1], left < 0 and '+inf' or clock + left, member)
                if ARGV[1] == 'list' then
                  local best = newest(key, clock)
                  if best then redis.call('HSET', KEYS[2], member, best) end
                end
              end
            end
            return added
            """)

    /// KEYS: index, latest by symbol, prefix. ARGV: type of the keys (`list` is signals). Replies how many members had no key any more.
    fileprivate static let pruneIndex = RedisScript(
        named: "pruneIndex",
        LuaLibrary.checks + """
            need(KEYS[1], 'zset') need(KEYS[2], 'hash')
            local removed = 0
            for _, member in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
              if redis.call('EXISTS', KEYS[3] .. member) == 0 then
                redis.call('ZREM', KEYS[1], member)
                if ARGV[1] == 'list' then redis.call('HDEL', KEYS[2], member) end
                removed = removed + 1
              end
            end
            return removed
            """)
}

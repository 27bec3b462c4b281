public import CoreMetrics
public import Hiredis
import Synchronization

/// The cache in Redis, shared by every process that uses the same namespace.
///
/// Every step is one round trip. Hits and misses are counted here and added to the shared figures in batches; see ``flushStats()``.
public final class RedisCacheClient: ICacheClient {
    /// The connection.
    public let redis: RedisClient
    let schema: KeySchema
    private let started = Timestamp.now
    let metrics: any MetricsFactory
    private let reads: CacheMetrics
    private let unflushed = Mutex(CacheTally(hits: 0, misses: 0))

    /// - Parameter metrics: where hits and misses are counted; the process' own unless given.
    public init(_ redis: RedisClient, namespace: Namespace = .standard, metrics: any MetricsFactory = MetricsSystem.factory) {
        self.redis = redis
        self.metrics = metrics
        self.reads = CacheMetrics(.redis, metrics)
        self.schema = KeySchema(namespace)
    }

    public var namespace: Namespace { schema.namespace }

    public var status: CacheStatus {
        let status = redis.status
        let reason: String? =
            switch status {
            case .ready: nil
            case .connecting: "Redis is being connected"
            case .away(let error): error.message
            case .shutDown: "the client is shut down"
            }
        return CacheStatus(mode: .redis, since: started, reason: reason, redis: status)
    }

    public func perform<Outcome>(_ step: CacheStep<Outcome>) async throws(CacheError) -> CacheAnswer<Outcome> {
        let outcome = try step.decode(try await send(step.request))
        if let tally = step.tally?(outcome) {
            reads.count(tally)
            unflushed.withLock { total in
                total.hits += tally.hits
                total.misses += tally.misses
            }
        }
        return CacheAnswer(outcome, from: CacheSource(.redis))
    }

    func send(_ request: CacheRequest) async throws(CacheError) -> RedisReply {
        do {
            return try await request.send(by: redis, in: schema)
        } catch {
            throw CacheError(error, key: request.keys.first)
        }
    }

    public func keys(_ pattern: String) async throws(CacheError) -> [String] {
        var names: Set<String> = []
        try await scan(pattern) { (batch) throws(CacheError) in names.formUnion(batch) }
        return names.filter { !KeySchema.isReserved($0) }.sorted()
    }

    public func clear() async throws(CacheError) -> Int {
        var removed = 0
        try await scan("*") { batch throws(CacheError) in
            let names = batch.filter { !KeySchema.isReserved($0) }
            guard !names.isEmpty else { return }
            removed += try await self.send(.command("UNLINK", names)).count()
        }
        return removed
    }

    /// Visits the names that match a glob, in batches; a name may come twice. SCAN, never KEYS.
    func scan(_ pattern: String, _ visit: ([String]) async throws(CacheError) -> Void) async throws(CacheError) {
        var cursor = "0"
        repeat {
            let reply: RedisReply
            do {
                let arguments: [RedisArgument] = [.text(cursor), "MATCH", .text(schema.full(pattern)), "COUNT", "1000"]
                reply = try await redis.send(RedisCommand("SCAN", arguments, access: .read))
            } catch {
                throw CacheError(error)
            }
            guard let parts = reply.array, parts.count == 2, let next = parts[0].text, let found = parts[1].array else {
                throw .unexpectedReply()
            }
            cursor = next
            try await visit(found.compactMap { $0.text.flatMap(schema.name(ofFull:)) })
        } while cursor != "0"
    }

    public func getStats() async throws(CacheError) -> CacheStats {
        // What cannot be added now is kept for later, and must not hide the figures that are there.
        try? await flushStats()
        let fields = try await send(.command("HMGET", [KeySchema.statsCache], ["hits", "misses"], access: .read)).array ?? []
        let counts = fields.map { max(0, $0.text.flatMap { Int($0) } ?? 0) }
        guard counts.count == 2 else { throw .unexpectedReply(KeySchema.statsCache) }
        var size: Set<String> = []
        var bytes: Int? = 0
        try await scan("*") { batch throws(CacheError) in
            let names = Set(batch.filter { !KeySchema.isReserved($0) }).subtracting(size)
            guard !names.isEmpty else { return }
            size.formUnion(names)
            // The server may not tell (no permission); then there is no figure rather than a wrong one.
            let sum = try? await self.send(.script(.memoryUsage, keys: Array(names), [])).count()
            bytes = sum.flatMap { sum in bytes.map { $0 + sum } }
        }
        return CacheStats(hits: counts[0], misses: counts[1], size: size.count, memoryUsageMB: bytes.map { Double($0) / 1_048_576 })
    }

    /// Adds the hits and misses since the last call to the figures that all processes share. One round trip; none when there are none.
    public func flushStats() async throws(CacheError) {
        let batch = unflushed.withLock { total in
            defer { total = CacheTally(hits: 0, misses: 0) }
            return total
        }
        guard batch.hits + batch.misses > 0 else { return }
        do {
            _ = try await send(
                .script(.addStats, keys: [KeySchema.statsCache], [.integer(batch.hits), .integer(batch.misses)]))
        } catch {
            if error.code == .unavailable {
                unflushed.withLock { total in
                    total.hits += batch.hits
                    total.misses += batch.misses
                }
            }
            throw error
        }
    }
}

extension RedisScript {
    /// KEYS: any. Replies the bytes that they use.
    fileprivate static let memoryUsage = RedisScript(
        named: "memoryUsage",
        """
        local total = 0
        for _, key in ipairs(KEYS) do total = total + (redis.call('MEMORY', 'USAGE', key, 'SAMPLES', '5') or 0) end
        return total
        """, access: .read)

    /// KEYS: the figures. ARGV: hits, misses.
    fileprivate static let addStats = RedisScript(
        named: "addStats",
        LuaLibrary.checks + """
            need(KEYS[1], 'hash')
            for _, count in ipairs(redis.call('HMGET', KEYS[1], 'hits', 'misses')) do
              if count and not (count:find('^%d+$') and #count <= 15) then return redis.error_reply('WRONGTYPE the figures are no counts') end
            end
            redis.call('HINCRBY', KEYS[1], 'hits', ARGV[1])
            redis.call('HINCRBY', KEYS[1], 'misses', ARGV[2])
            return 1
            """)
}

import CacheServices
import Hiredis
import Synchronization

/// Samples in Redis: one stream for each operation, of exactly its newest 1,000, shared by every process.
final class RedisPerformanceStore: PerformanceStore {
    private let redis: RedisClient
    private let schema: KeySchema
    /// This logger's own name, under which Redis keeps the number of its last batch.
    private let writer = [UInt64.random(in: .min ... .max), .random(in: .min ... .max)].map { String($0, radix: 36) }.joined()
    /// The operations that the last look found: they are asked for in the same breath as the index.
    private let known = Mutex<Set<OperationName>>([])

    /// Streams that are read at once; small commands of other callers get in between.
    private static let width = 8
    /// How long Redis knows which batches it has: longer than any outage after which a batch is sent again.
    private static let memory = Duration.seconds(86_400)
    private static let longestMetadata = 4096

    init(_ redis: RedisClient, namespace: Namespace) {
        self.redis = redis
        schema = KeySchema(namespace)
    }

    let source = CacheSource(.redis)

    /// One script, one trim for each stream.
    func add(_ batch: PerformanceBatch) async throws(CacheError) -> Int {
        let keys = [KeySchema.performanceWriter(writer), KeySchema.indexOperations] + batch.series.map { KeySchema.performance($0.name) }
        var arguments: [RedisArgument] = [
            .integer(batch.number), .integer(CacheRules.performanceLength), .integer(Self.memory.components.seconds * 1000),
        ]
        for (name, entries) in batch.series {
            arguments += [.text(name.rawValue), .integer(entries.count)]
            for entry in entries {
                arguments.append(.text(JSONNumber(entry.durationMS)?.text ?? "0"))
                arguments.append(.text(entry.timestamp.iso8601))
                arguments.append(entry.success ? "true" : "false")
                arguments.append(.bytes(Self.metadata(entry)))
                arguments.append(entry.operation == name ? "" : .text(entry.operation.rawValue))
            }
        }
        guard let lost = try await run(.addPerformance, keys, arguments).integer else { throw .unexpectedReply() }
        return Int(clamping: lost)
    }

    /// The canonical JSON of an entry's metadata, empty when there is none. What is too long gives way to its length.
    private static func metadata(_ entry: PerformanceLogEntry) -> [UInt8] {
        guard let metadata = entry.metadata else { return [] }
        let json = JSONWriter.bytes(.object(metadata.map { .init($0.key, $0.value) }))
        return json.count <= longestMetadata ? json : JSONWriter.bytes(["omitted_bytes": .integer(json.count)])
    }

    /// One XRANGE.
    func series(_ operation: OperationName) async throws(CacheError) -> PerformanceSeries {
        let key = KeySchema.performance(operation)
        let range: [RedisArgument] = [.text(schema.full(key)), "-", "+"]
        let reply: RedisReply
        do {
            reply = try await redis.send(RedisCommand("XRANGE", range, access: .read))
        } catch {
            throw CacheError(error, key: key)
        }
        return try PerformanceSeries(operation, reply)
    }

    /// The index and the streams in one flight of commands; a second one for operations that were not there the last time.
    ///
    /// No script: of 100 full streams it would hold up everybody else's commands for a fifth of a second.
    func allSeries() async throws(CacheError) -> [PerformanceSeries] {
        let expected = known.withLock { $0 }
        async let early = read(expected)
        let named = await index()
        var found = try await early.get()
        let names = try named.get()
        found.merge(try await read(names.subtracting(expected)).get()) { $1 }
        known.withLock { $0 = names }
        return names.sorted().compactMap { found[$0] }.filter { !$0.samples.isEmpty || $0.isDamaged }
    }

    private typealias Found = [OperationName: PerformanceSeries]

    private func index() async -> Result<Set<OperationName>, CacheError> {
        let range: [RedisArgument] = [.text(schema.full(KeySchema.indexOperations)), "0", "-1"]
        do throws(RedisError) {
            let members = try await redis.send(RedisCommand("ZRANGE", range, access: .read)).array ?? []
            return .success(Set(members.compactMap { $0.text.flatMap { try? OperationName($0) } }))
        } catch {
            return .failure(CacheError(error, key: KeySchema.indexOperations))
        }
    }

    private func read(_ names: Set<OperationName>) async -> Result<Found, CacheError> {
        await withTaskGroup(of: Result<PerformanceSeries, CacheError>.self) { group in
            var (found, failure, left) = (Found(), CacheError?.none, names.makeIterator())
            func ask() {
                guard failure == nil, let name = left.next() else { return }
                group.addTask { await self.passingBy(name) }
            }
            for _ in 0..<Self.width { ask() }
            while let result = await group.next() {
                switch result {
                case .success(let series): found[series.operation] = series
                case .failure(let error): failure = error
                }
                ask()
            }
            return failure.map { .failure($0) } ?? .success(found)
        }
    }

    /// Among many, a key of another type is passed by.
    private func passingBy(_ operation: OperationName) async -> Result<PerformanceSeries, CacheError> {
        do throws(CacheError) {
            return .success(try await series(operation))
        } catch {
            guard error.code == .dataConflict else { return .failure(error) }
            return .success(PerformanceSeries(operation: operation, isDamaged: true))
        }
    }

    func clear() async throws(CacheError) -> Int {
        let reply = try await run(.clearPerformance, [KeySchema.indexOperations, KeySchema.performancePrefix], [])
        guard let removed = reply.integer else { throw .unexpectedReply(KeySchema.indexOperations) }
        return Int(clamping: removed)
    }

    private func run(_ script: RedisScript, _ keys: [String], _ arguments: [RedisArgument]) async throws(CacheError) -> RedisReply {
        do {
            return try await redis.run(script, keys: keys.map(schema.full), arguments: arguments)
        } catch {
            throw CacheError(error)
        }
    }
}

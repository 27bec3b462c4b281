import CacheServices
import Hiredis

/// Samples in Redis: one stream of exactly the newest of every process.
struct RedisLatencyStore: LatencyStore {
    private let redis: RedisClient
    private let schema: KeySchema
    private let entries: RedisEventStream
    private let maximumLength: Int
    /// This monitor's own name, under which Redis keeps the number of its last batch.
    private let writer = [UInt64.random(in: .min ... .max), .random(in: .min ... .max)].map { String($0, radix: 36) }.joined()

    /// How long Redis knows which batches it has: longer than any outage after which a batch is sent again.
    private static let memory = Duration.seconds(86_400)
    /// Entries that one command deletes, so that it holds up nobody.
    private static let deletions = 1000

    init(_ redis: RedisClient, namespace: Namespace, maximumLength: Int) {
        self.redis = redis
        schema = KeySchema(namespace)
        self.maximumLength = maximumLength
        entries = RedisEventStream(
            redis, schema: schema, name: KeySchema.latencyMeasurements, maximumLength: maximumLength, isExact: true)
    }

    var stream: any EventStream { entries }
    let source = CacheSource(.redis)

    /// One script with one trim.
    func add(_ measurements: [LatencyMeasurement], number: Int) async throws(CacheError) {
        var arguments: [RedisArgument] = [
            .integer(number), .integer(maximumLength), .integer(Self.memory.components.seconds * 1000),
        ]
        arguments.reserveCapacity(3 + 6 * measurements.count)
        for measurement in measurements {
            let values = measurement.storedValues
            arguments.append(.text(values.timestamp))
            arguments.append(.text(values.service))
            arguments.append(.text(values.operation))
            arguments.append(.text(values.latency))
            arguments.append(.text(values.success))
            arguments.append(.bytes(values.metadata))
        }
        let keys = [KeySchema.latencyWriter(writer), KeySchema.latencyMeasurements].map(schema.full)
        do {
            _ = try await redis.run(.addLatency, keys: keys, arguments: arguments)
        } catch {
            throw CacheError(error, key: KeySchema.latencyMeasurements)
        }
    }

    /// XDEL, a thousand at a time.
    func delete(_ ids: [StreamID]) async throws(CacheError) -> Int {
        var removed = 0
        for start in stride(from: 0, to: ids.count, by: Self.deletions) {
            removed += try await entries.delete(Array(ids[start..<min(start + Self.deletions, ids.count)]))
        }
        return removed
    }

    /// XTRIM and no UNLINK: identities go on from where they were, so that no copy takes new entries for old ones.
    func clear() async throws(CacheError) -> Int { try await entries.trim(to: 0) }

    func retire() async throws(CacheError) {
        do {
            _ = try await redis.send(RedisCommand("UNLINK", [.text(schema.full(KeySchema.latencyWriter(writer)))]))
        } catch {
            throw CacheError(error)
        }
    }
}

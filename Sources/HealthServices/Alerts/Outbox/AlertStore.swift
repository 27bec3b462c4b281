import CacheServices
import Hiredis
import Synchronization

/// The stream of alerts, and how far the audit trail was read for it.
struct AlertStore: Sendable {
    private enum Backend: Sendable {
        case redis(RedisClient, KeySchema)
        case memory(MemoryCursor)
    }

    /// Everything that was to be told, and what was.
    let stream: any EventStream
    private let backend: Backend

    /// Shared by all processes.
    init(_ redis: RedisClient, namespace: Namespace) {
        let schema = KeySchema(namespace)
        stream = RedisEventStream(
            redis, schema: schema, name: KeySchema.alerts, maximumLength: CacheRules.alertsLength, isExact: true)
        backend = .redis(redis, schema)
    }

    /// Of this process alone.
    init() {
        stream = InMemoryEventStream(maximumLength: CacheRules.alertsLength)
        backend = .memory(MemoryCursor())
    }

    /// Whether no other process knows of it.
    var isOfThisProcess: Bool { if case .memory = backend { true } else { false } }

    func add(_ alert: Alert) async throws(CacheError) {
        try await stream.append(AlertEntry.alert(alert).fields)
    }

    func add(_ delivery: AlertDelivery) async throws(CacheError) {
        try await stream.append(AlertEntry.delivery(delivery).fields)
    }

    /// The server's clock, which also gives entries their identities.
    func time() async throws(CacheError) -> Timestamp {
        guard case .redis(let redis, _) = backend else { return .now }
        let reply: RedisReply
        do throws(RedisError) {
            reply = try await redis.send(RedisCommand("TIME", access: .read))
        } catch {
            throw CacheError(error)
        }
        guard let parts = reply.array, parts.count == 2, let seconds = parts[0].text.flatMap({ Int64($0) }),
            let micros = parts[1].text.flatMap({ Int64($0) })
        else { throw .unexpectedReply() }
        return Timestamp(milliseconds: seconds.multipliedReportingOverflow(by: 1000).partialValue &+ micros / 1000)
    }

    /// The last event of the trail whose risk alerts are in the stream.
    func cursor() async throws(CacheError) -> AlertCursor {
        switch backend {
        case .memory(let cursor): return cursor.value
        case .redis(let redis, let schema):
            do throws(RedisError) {
                return AlertCursor(stored: try await redis.get(schema.full(KeySchema.alertsCursor)) ?? [])
            } catch {
                throw CacheError(error)
            }
        }
    }

    /// Adds alerts and moves the cursor in one step, unless it stands somewhere else by now.
    ///
    /// - Returns: false when another process was there first; then nothing was written.
    func add(_ alerts: [Alert], from old: AlertCursor, to new: AlertCursor) async throws(CacheError) -> Bool {
        switch backend {
        case .memory(let cursor):
            guard cursor.move(from: old, to: new) else { return false }
            for alert in alerts { try await stream.append(AlertEntry.alert(alert).fields) }
            return true
        case .redis(let redis, let schema):
            let keys = [KeySchema.alerts, KeySchema.alertsCursor].map(schema.full)
            var arguments: [RedisArgument] = [
                .bytes(old.stored), .bytes(new.stored), .integer(CacheRules.alertsLength),
            ]
            for alert in alerts { arguments += [.text(alert.id), .bytes(alert.json)] }
            do throws(RedisError) {
                return try await redis.run(.addRiskAlerts, keys: keys, arguments: arguments).integer == 1
            } catch {
                throw CacheError(error)
            }
        }
    }

    private final class MemoryCursor: Sendable {
        private let kept = Mutex(AlertCursor(stored: []))

        var value: AlertCursor { kept.withLock { $0 } }

        func move(from old: AlertCursor, to new: AlertCursor) -> Bool {
            kept.withLock { value in
                guard value == old else { return false }
                value = new
                return true
            }
        }
    }
}

import CacheServices
import Hiredis

/// The registry, the statuses and their history in Redis.
struct HealthStore: Sendable {
    let client: RedisClient
    let schema: KeySchema

    init(_ client: RedisClient, namespace: Namespace) {
        self.client = client
        schema = KeySchema(namespace)
    }

    /// A lease under a name of the key table.
    func lease(_ name: String) -> LeaderLease { LeaderLease(RedisLease(client, schema: schema, name: name)) }

    /// The statuses with their ages, by Redis' clock.
    func statuses(_ services: [OperationName]) async throws(CacheError) -> [OperationName: (health: ServiceHealth, age: Duration)] {
        guard !services.isEmpty else { return [:] }
        let reply = try await run(.readHealthStatuses, services.map(KeySchema.healthStatus), [])
        guard let parts = reply.array, parts.count == services.count else { throw .unexpectedReply() }
        var found: [OperationName: (health: ServiceHealth, age: Duration)] = [:]
        for (service, part) in zip(services, parts) {
            guard let pair = part.array, pair.count == 2, let bytes = pair[0].bytes, !bytes.isEmpty else { continue }
            guard let health = ServiceHealth(stored: bytes, service: service), let left = pair[1].integer else {
                found[service] = (.neverChecked(service, reason: "the stored status cannot be read"), .zero)
                continue
            }
            // A status without an expiry was written by hand: only its own time tells its age.
            let age = left < 0 ? Timestamp.now - (health.lastCheck ?? .earliest) : CacheRules.healthStatusLifetime - .milliseconds(left)
            found[service] = (health, max(.zero, age))
        }
        return found
    }

    /// The last checks of a service, newest first.
    func history(_ service: OperationName, limit: Int) async throws(CacheError) -> [HealthSample] {
        let range: [RedisArgument] = [.text(schema.full(KeySchema.healthHistory(service))), "+", "-", "COUNT", .integer(max(1, limit))]
        return try await send(RedisCommand("XREVRANGE", range, access: .read), key: KeySchema.healthHistory(service)).streamEntries()
            .compactMap(HealthSample.init)
    }

    /// What the checks of a service came to so far.
    func tally(_ service: OperationName) async throws(CacheError) -> CheckTally {
        let outcomes = try await history(service, limit: CheckTally.window).reversed().map(\.success)
        return CheckTally(outcomes: outcomes, last: try await statuses([service])[service]?.health)
    }

    /// Records a check, if the lease is still ours.
    ///
    /// - Parameters:
    ///   - key: the full key of the lease.
    ///   - value: what it reads while it is ours.
    func record(
        _ check: RecordedCheck, lease key: String, value: String, alertAfter: Int
    ) async throws(CacheError) -> RecordedCheck.Outcome {
        let service = check.health.service
        let keys =
            [key]
            + [
                KeySchema.healthStatus(service), KeySchema.healthHistory(service), KeySchema.healthTransitions, KeySchema.alerts,
                KeySchema.healthServices, KeySchema.events,
            ]
            .map(schema.full)
        let arguments = [.text(value)] + check.arguments(alertAfter: alertAfter)
        let reply = try await run(.recordHealthCheck, fullKeys: keys, arguments)
        let texts = reply.array?.map { $0.text ?? "" } ?? []
        switch texts.first {
        case "fenced": return .fenced
        case "gone": return .gone
        case "recorded", "repeat": break
        default: throw .unexpectedReply()
        }
        guard texts.count == 3 else { throw .unexpectedReply() }
        return .recorded(from: ServiceStatus(rawValue: texts[1]), alert: texts[2] == "-" ? nil : texts[2])
    }

    func run(_ script: RedisScript, _ names: [String], _ arguments: [RedisArgument]) async throws(CacheError) -> RedisReply {
        try await run(script, fullKeys: names.map(schema.full), arguments)
    }

    func run(_ script: RedisScript, fullKeys: [String], _ arguments: [RedisArgument]) async throws(CacheError) -> RedisReply {
        do throws(RedisError) {
            return try await client.run(script, keys: fullKeys, arguments: arguments)
        } catch {
            throw CacheError(error)
        }
    }

    /// - Parameter key: the key to blame, relative to the namespace.
    func send(_ command: RedisCommand, key: String) async throws(CacheError) -> RedisReply {
        do throws(RedisError) {
            return try await client.send(command)
        } catch {
            throw CacheError(error, key: key)
        }
    }
}

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

    /// What all processes know of the changes of every service; what is of another make is left out.
    func courses() async throws(CacheError) -> [OperationName: SharedCourse] {
        let reply = try await send(
            RedisCommand("HGETALL", [.text(schema.full(KeySchema.healthTransitions))], access: .read), key: KeySchema.healthTransitions)
        guard let parts = reply.array else { throw .unexpectedReply(KeySchema.healthTransitions) }
        var courses: [OperationName: SharedCourse] = [:]
        for index in stride(from: 0, to: parts.count - 1, by: 2) {
            guard let name = try? OperationName(parts[index].text ?? "") else { continue }
            courses[name] = SharedCourse(stored: parts[index + 1].text ?? "")
        }
        return courses
    }

    /// Brings to the shared record what this process saw and told while it had lost sight of Redis.
    ///
    /// - Returns: how many alerts and deliveries were not there yet.
    func share(_ contents: AlertSpool.Contents, by name: String) async throws(CacheError) -> (alerts: Int, deliveries: Int) {
        let changes = contents.toShare
        var arguments: [RedisArgument] = [.integer(CacheRules.alertsLength), .integer(changes.count), .text(name)]
        for (change, counts) in changes {
            arguments += [
                .text(change.alert.id), .bytes(change.alert.json), .text(change.service.rawValue), .text(change.to.rawValue),
                .text(change.at.iso8601), .integer(change.step), counts ? "1" : "0",
            ]
        }
        for delivery in contents.deliveries {
            arguments += [
                .text(delivery.id), .text(delivery.channel), .text(delivery.result.rawValue), .integer(delivery.attempts),
                .text(delivery.at.iso8601), .text(delivery.detail ?? ""),
            ]
        }
        let names = [KeySchema.alerts, KeySchema.healthTransitions, KeySchema.healthServices]
        let reply = try await run(.shareLoneChanges, names, arguments)
        guard let counts = reply.array, counts.count == 2, let alerts = counts[0].integer, let deliveries = counts[1].integer else {
            throw .unexpectedReply()
        }
        return (Int(clamping: alerts), Int(clamping: deliveries))
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

import CacheServices
import Hiredis

/// The registry, the statuses and their history in Redis.
struct HealthStore: Sendable {
    let client: RedisClient
    private let schema: KeySchema

    init(_ client: RedisClient, namespace: Namespace) {
        self.client = client
        schema = KeySchema(namespace)
    }

    /// A lease under a name of the key table.
    func lease(_ name: String) -> LeaderLease { LeaderLease(RedisLease(client, schema: schema, name: name)) }

    /// Everything in the registry; `unreadable` names what is no service.
    func services() async throws(CacheError) -> (services: [RegisteredService], unreadable: [String]) {
        let reply = try await send(RedisCommand("HGETALL", [.text(schema.full(KeySchema.healthServices))], access: .read))
        guard let parts = reply.array else { throw .unexpectedReply(KeySchema.healthServices) }
        var services: [RegisteredService] = []
        var unreadable: [String] = []
        for index in stride(from: 0, to: parts.count - 1, by: 2) {
            let field = parts[index].text ?? ""
            if let name = try? OperationName(field), let service = RegisteredService(stored: parts[index + 1].bytes ?? [], name: name) {
                services.append(service)
            } else {
                unreadable.append(field)
            }
        }
        return (services, unreadable)
    }

    func put(_ services: [RegisteredService]) async throws(CacheError) {
        guard !services.isEmpty else { return }
        let operands = services.flatMap { service -> [RedisArgument] in
            [
                .text(service.name.rawValue), .bytes(JSONWriter.bytes(service.jsonValue)), .text(KeySchema.healthStatus(service.name)),
                .bytes(JSONWriter.bytes(ServiceHealth.neverChecked(service.name).jsonValue)),
            ]
        }
        _ = try await run(
            .registerServices, [KeySchema.healthServices, KeySchema.events] + services.map { KeySchema.healthStatus($0.name) },
            [.integer(CacheRules.eventsLength)] + operands)
    }

    /// - Returns: whether it was registered.
    func forget(_ service: OperationName) async throws(CacheError) -> Bool {
        let names = [
            KeySchema.healthServices, KeySchema.healthStatus(service), KeySchema.healthHistory(service), KeySchema.healthTransitions,
            KeySchema.events,
        ]
        let arguments: [RedisArgument] = [
            .text(service.rawValue), .integer(CacheRules.eventsLength), .text(KeySchema.healthStatus(service)),
        ]
        return try await run(.forgetService, names, arguments).integer == 1
    }

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
        return try await send(RedisCommand("XREVRANGE", range, access: .read)).streamEntries().compactMap(HealthSample.init)
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

    private func run(_ script: RedisScript, _ names: [String], _ arguments: [RedisArgument]) async throws(CacheError) -> RedisReply {
        try await run(script, fullKeys: names.map(schema.full), arguments)
    }

    private func run(_ script: RedisScript, fullKeys: [String], _ arguments: [RedisArgument]) async throws(CacheError) -> RedisReply {
        do throws(RedisError) {
            return try await client.run(script, keys: fullKeys, arguments: arguments)
        } catch {
            throw CacheError(error)
        }
    }

    private func send(_ command: RedisCommand) async throws(CacheError) -> RedisReply {
        do throws(RedisError) {
            return try await client.send(command)
        } catch {
            throw CacheError(error)
        }
    }
}

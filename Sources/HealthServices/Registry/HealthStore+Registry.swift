import CacheServices
import Hiredis

extension HealthStore {
    /// Processes that are remembered of one service.
    private static let maximumPublishers = 16

    /// Everything in the registry: one round trip.
    func registry() async throws(CacheError) -> RegistryReading {
        let reply = try await run(.readRegistry, [KeySchema.healthServices, KeySchema.healthEpoch], [])
        guard let parts = reply.array, parts.count == 4, let fields = parts[2].array else {
            throw .unexpectedReply(KeySchema.healthServices)
        }
        for (part, key, type) in [(parts[0], KeySchema.healthServices, "hash"), (parts[1], KeySchema.healthEpoch, "string")] {
            guard part.text == type || part.text == "none" else {
                throw CacheError(.dataConflict, "The key holds a value of another type; it was left as it is.", key: key)
            }
        }
        var services: [RegisteredService] = []
        var unreadable: [String] = []
        for index in stride(from: 0, to: fields.count - 1, by: 2) {
            let field = fields[index].text ?? ""
            if let name = try? OperationName(field), let service = RegisteredService(stored: fields[index + 1].bytes ?? [], name: name) {
                services.append(service)
            } else {
                unreadable.append(field)
            }
        }
        let epoch = parts[3].text.flatMap { $0.isEmpty ? nil : $0 }
        return RegistryReading(services: services, unreadable: unreadable, epoch: epoch)
    }

    /// Writes services into the registry.
    ///
    /// - Parameters:
    ///   - replacing: these replace what stands there.
    ///   - adding: these fill gaps.
    ///   - old: the epoch that was read.
    ///   - new: the epoch that begins unless another process began one since.
    /// - Returns: the epoch after it, and the services that found no room.
    func publish(
        replacing: [RegisteredService], adding: [RegisteredService] = [], after old: String? = nil, beginning new: String? = nil
    ) async throws(CacheError) -> (epoch: String?, refused: Set<OperationName>) {
        let services = replacing + adding
        let operands = services.flatMap { service -> [RedisArgument] in
            [
                .text(service.name.rawValue), .bytes(JSONWriter.bytes(service.jsonValue)), .text(KeySchema.healthStatus(service.name)),
                .bytes(JSONWriter.bytes(ServiceHealth.neverChecked(service.name).jsonValue)),
            ]
        }
        let reply = try await run(
            .publishServices,
            [KeySchema.healthServices, KeySchema.healthEpoch, KeySchema.events] + services.map { KeySchema.healthStatus($0.name) },
            [
                .integer(ServiceRegistry.maximumServices), .text(old ?? ""), .text(new ?? ""), .integer(replacing.count),
                .integer(CacheRules.eventsLength),
            ] + operands)
        guard let texts = reply.array?.map({ $0.text ?? "" }), let epoch = texts.first else {
            throw .unexpectedReply(KeySchema.healthServices)
        }
        return (epoch.isEmpty ? nil : epoch, Set(texts.dropFirst().compactMap { try? OperationName($0) }))
    }

    /// Says which services a process has in its configuration.
    ///
    /// - Returns: those that it had before, and that no process has now.
    func claim(_ services: [OperationName], by publisher: String) async throws(CacheError) -> Set<OperationName> {
        let reply = try await run(
            .claimServices, [KeySchema.healthConfigured],
            [.text(publisher), .integer(Self.maximumPublishers)] + services.map { .text($0.rawValue) })
        return Set((reply.array ?? []).compactMap { try? OperationName($0.text ?? "") })
    }

    /// - Returns: whether it was registered.
    func forget(_ service: OperationName) async throws(CacheError) -> Bool {
        let names = [
            KeySchema.healthServices, KeySchema.healthStatus(service), KeySchema.healthHistory(service), KeySchema.healthTransitions,
            KeySchema.healthConfigured, KeySchema.events,
        ]
        let arguments: [RedisArgument] = [
            .text(service.rawValue), .integer(CacheRules.eventsLength), .text(KeySchema.healthStatus(service)),
        ]
        return try await run(.forgetService, names, arguments).integer == 1
    }
}

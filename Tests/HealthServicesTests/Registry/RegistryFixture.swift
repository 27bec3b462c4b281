import CacheServices
import Hiredis
import Logging
import RedisTesting

@testable import HealthServices

/// One Redis, and registries of processes that look at it when a test says so.
struct RegistryFixture: Sendable {
    let server: PrivateRedis
    let store: HealthStore

    static func with(_ body: @Sendable (RegistryFixture) async throws -> Void) async throws {
        let server = try await PrivateRedis.start()
        try await RedisClient.withClient(server.configuration, logger: .silent) { client in
            try await body(RegistryFixture(server: server, store: HealthStore(client, namespace: .standard)))
        }
    }

    /// The registry of a process with some services in its configuration, which watches its own Redis besides.
    func process(
        _ services: OperationName..., switchedOff: Set<OperationName> = [], publisher: String? = nil, logger: Logger = .silent
    ) throws -> ServiceRegistry {
        let registry = ServiceRegistry(store, switchedOff: switchedOff, publisher: publisher, logger: logger)
        for service in services { registry.enroll(try .quick(service, "http://h/\(service)"), origin: .configuration) }
        let redis = try ServiceConfig(
            name: DefaultServices.redis, url: nil, checkInterval: .seconds(10), timeout: .seconds(1),
            probe: CustomProbe { .failure("nobody asks", after: .zero) }, kind: .redis)
        registry.enroll(redis, origin: .configuration)
        return registry
    }

    /// Everything that is registered, in order.
    func registered() async throws -> [String] {
        try await (server.ask("HKEYS", "usdcop:health:services").array ?? []).compactMap(\.text).sorted()
    }
}

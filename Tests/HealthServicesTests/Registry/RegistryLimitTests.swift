import CacheServices
import Hiredis
import RedisTesting
import TestTurns
import Testing

@testable import HealthServices

@Suite(.takesTurns, .timeLimit(.minutes(1)))
struct RegistryLimitTests {
    /// Fills the registry up to its limit.
    private func fill(_ fixture: RegistryFixture) async throws {
        let script = """
            for index = redis.call('HLEN', KEYS[1]) + 1, \(ServiceRegistry.maximumServices) do
              redis.call('HSET', KEYS[1], 'filler' .. index, '{"url":"http://h/"}')
            end
            """
        try await fixture.server.ask("EVAL", .text(script), "1", "usdcop:health:services")
    }

    @Test func `one service too many is refused, and no other process watches it either`() async throws {
        try await RegistryFixture.with { fixture in
            let registry = try fixture.process("api")
            try await registry.synchronize()
            try await fill(fixture)
            // This process has not seen yet that it is full: Redis decides.
            let error = await #expect(throws: CacheError.self) { try await registry.register(.quick("more", "http://h/")) }
            #expect(error?.code == .overCapacity)
            #expect(registry.getService("more") == nil)
            try await registry.synchronize()
            #expect(registry.getAllServices().count == ServiceRegistry.maximumServices)
            let again = await #expect(throws: CacheError.self) { try await registry.register(.quick("more", "http://h/")) }
            #expect(again?.code == .overCapacity)
            try await registry.register(.quick("api", "http://other/"))
            #expect(try await fixture.registered().count == ServiceRegistry.maximumServices)
            #expect(try await registry.unregister("filler200"))
            try await registry.register(.quick("more", "http://h/"))
        }
    }

    @Test func `a configuration that finds no room is named once, and redis always finds some`() async throws {
        try await RegistryFixture.with { fixture in
            try await fill(fixture)
            let log = RecordedLog()
            let registry = try fixture.process("api", logger: log.logger)
            for _ in 0..<3 { try await registry.synchronize() }
            #expect(log.records.filter { $0.message == "the registry of services is full" }.map { $0.metadata["service"] } == ["api"])
            #expect(try await fixture.registered().contains("redis"))
        }
    }

    @Test func `without Redis the bound is the same`() async throws {
        let registry = ServiceRegistry(nil, logger: .silent)
        for index in 0..<ServiceRegistry.maximumServices { try await registry.register(.quick(OperationName("s\(index)"), "http://h/")) }
        await #expect(throws: CacheError.self) { try await registry.register(.quick("more", "http://h/")) }
        try await registry.register(.quick("s7", "http://other/"))
    }

    @Test func `what only the configuration of a command has was never watched`() async throws {
        let server = try await PrivateRedis.start()
        try await RedisClient.withClient(server.configuration, logger: .silent) { client in
            var settings = HealthSettings()
            settings.services = DefaultServices.services
            let command = HealthChecker(redis: client, settings: settings, isLasting: false, audit: nil, logger: .silent)
            try await command.registry.refresh()
            #expect(command.registry.getService("postgres") != nil)
            #expect(try await !command.registry.unregister("postgres"))
        }
    }
}

import CacheServices
import Hiredis
import RedisTesting
import Synchronization
import TestTurns
import Testing

@testable import HealthServices

@Suite(.takesTurns, .timeLimit(.minutes(1)))
struct RegistryLossTests {
    @Test func `what is registered after a loss hides nothing of what was watched before`() async throws {
        try await RegistryFixture.with { fixture in
            let registry = try fixture.process("api")
            try await registry.synchronize()
            try await registry.register(.quick("added", "http://h/"), origin: .administrator)
            try await fixture.server.ask("FLUSHALL")
            let command = ServiceRegistry(fixture.store, logger: .silent)
            try await command.register(.quick("late", "http://h/"), origin: .command)
            // A reader sees less at no time.
            try await registry.refresh()
            #expect(registry.getAllServices().map(\.name) == ["added", "api", "late", "redis"])
            try await registry.synchronize()
            #expect(try await fixture.registered() == ["added", "api", "late", "redis"])
            #expect(registry.getService("late")?.origin == .command)
        }
    }

    @Test func `every process puts back what it knew, also when another was first`() async throws {
        try await RegistryFixture.with { fixture in
            let (one, two) = (try fixture.process("a"), try fixture.process("b"))
            for registry in [one, two] { try await registry.synchronize() }
            // The first process has not seen it when Redis loses its data.
            try await two.register(.quick("late", "http://h/"))
            try await fixture.server.ask("FLUSHALL")
            try await one.synchronize()
            #expect(try await fixture.registered() == ["a", "redis"])
            try await two.refresh()
            #expect(two.getService("late") != nil)
            try await two.synchronize()
            for registry in [one, two] {
                try await registry.synchronize()
                #expect(registry.getAllServices().map(\.name) == ["a", "b", "late", "redis"])
            }
        }
    }

    @Test func `what somebody registered since the loss is not replaced by what was there before`() async throws {
        try await RegistryFixture.with { fixture in
            let registry = try fixture.process("api")
            try await registry.synchronize()
            try await fixture.server.ask("FLUSHALL")
            try await ServiceRegistry(fixture.store, logger: .silent).register(.quick("api", "http://other/"), origin: .administrator)
            for _ in 0..<2 { try await registry.synchronize() }
            #expect(registry.getService("api")?.url == "http://other/")
            #expect(registry.getService("api")?.origin == .administrator)
        }
    }

    @Test func `what was unregistered does not come back with the rest`() async throws {
        try await RegistryFixture.with { fixture in
            let (one, two) = (try fixture.process("a", "b"), try fixture.process())
            for registry in [one, two] { try await registry.synchronize() }
            #expect(try await two.unregister("b"))
            try await one.synchronize()
            try await fixture.server.ask("FLUSHALL")
            for registry in [one, two] { try await registry.synchronize() }
            #expect(try await fixture.registered() == ["a", "redis"])
        }
    }

    @Test(arguments: ["HDEL usdcop:health:services redis api", "DEL usdcop:health:epoch", "DEL usdcop:health:services"])
    func `a loss of a part is a loss, and one registry begins, whoever sees it first`(damage: String) async throws {
        try await RegistryFixture.with { fixture in
            let (one, two) = (try fixture.process("api"), try fixture.process())
            for registry in [one, two] { try await registry.synchronize() }
            let before = try await fixture.server.ask("GET", "usdcop:health:epoch").text
            try await fixture.server.ask(
                "EVAL", .text("return redis.call(\(damage.split(separator: " ").map { "'\($0)'" }.joined(separator: ",")))"), "0")
            async let first: Void = one.synchronize()
            async let second: Void = two.synchronize()
            _ = try await (first, second)
            let after = try await fixture.server.ask("GET", "usdcop:health:epoch").text
            #expect(after != nil && after != before)
            for registry in [one, two, one] { try await registry.synchronize() }
            #expect(try await fixture.registered() == ["api", "redis"])
            #expect(try await fixture.server.ask("GET", "usdcop:health:epoch").text == after)
            #expect(one.state.withLock { $0.epoch } == after && two.state.withLock { $0.epoch } == after)
        }
    }

    @Test func `a monitor whose Redis loses its data watches on`() async throws {
        let server = try await PrivateRedis.start()
        let stand = try await StandInService.start(.answers(200))
        let log = RecordedLog()
        try await withMonitor(on: server.configuration, [.quick("api", stand.url)], logger: log.logger) { checker in
            try await eventually { await checker.getSystemHealth().overallStatus == .healthy }
            let late = #"{"url":"\#(stand.url)","check_interval_ms":500}"#
            let script = "redis.call('FLUSHALL') return redis.call('HSET', 'usdcop:health:services', 'late', ARGV[1])"
            try await server.ask("EVAL", .text(script), "0", .text(late))
            try await eventually {
                let health = await checker.getSystemHealth()
                try #require(health.services.contains { $0.service == "api" })
                return health.services.count == 3 && health.overallStatus == .healthy
            }
            #expect(try await server.ask("EXISTS", "usdcop:health:status:api").integer == 1)
        }
        #expect(log.messages.contains("warning: Redis had lost registered services; they are registered again"))
    }

    @Test func `a status that Redis lost is nobody's any more, unless a process found it by itself`() async throws {
        try await RegistryFixture.with { fixture in
            let (one, two) = (try fixture.process("api"), try fixture.process("api"))
            for registry in [one, two] { try await registry.synchronize() }
            let health = ServiceHealth(service: "api", status: .healthy, latency: .zero, lastCheck: .now)
            let body = RedisBody.text(of: health)
            try await fixture.server.ask("SET", "usdcop:health:status:api", .text(body), "PX", "86400000")
            for registry in [one, two] {
                try await registry.refresh()
                #expect(registry.getServiceStatus("api")?.status == .healthy)
            }
            try await fixture.server.ask("DEL", "usdcop:health:status:api")
            for registry in [one, two] {
                try await registry.refresh()
                #expect(registry.getServiceStatus("api")?.reason == "not checked yet")
            }
            one.updateServiceStatus("api", health)
            try await one.refresh()
            #expect(one.getServiceStatus("api")?.status == .healthy)
            // A leader checks at once what only it knows.
            #expect(one.lastRecordedCheck(of: "api") == nil)
        }
    }
}

private enum RedisBody {
    static func text(of health: ServiceHealth) -> String { String(decoding: JSONWriter.bytes(health.jsonValue), as: UTF8.self) }
}

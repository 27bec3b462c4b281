import CacheServices
import Hiredis
import Logging
import RedisTesting
import Testing

@testable import HealthServices

@Suite(.timeLimit(.minutes(1)))
struct ConfigurationChangeTests {
    @Test func `what a process had in its configuration and has no more is removed when it comes again`() async throws {
        try await RegistryFixture.with { fixture in
            let log = RecordedLog()
            try await fixture.process("kept", "old", publisher: "desk:8080").synchronize()
            let next = try fixture.process("kept", "new", publisher: "desk:8080", logger: log.logger)
            try await next.synchronize()
            #expect(try await fixture.registered() == ["kept", "new", "redis"])
            #expect(next.getService("old") == nil)
            #expect(log.records.map { $0.metadata["service"] } == ["old"])
            #expect(try await fixture.server.ask("HEXISTS", "usdcop:health:configured", "old").integer == 0)
        }
    }

    @Test func `what another process has in its configuration stays, and is named with the way to be rid of it`() async throws {
        try await RegistryFixture.with { fixture in
            let log = RecordedLog()
            try await fixture.process("shared", "one", publisher: "desk:8080").synchronize()
            try await fixture.process("shared", "two", publisher: "desk:8081").synchronize()
            let next = try fixture.process("one", publisher: "desk:8080", logger: log.logger)
            try await next.synchronize()
            #expect(try await fixture.registered() == ["one", "redis", "shared", "two"])
            let warning = try #require(log.records.first { $0.level == .warning })
            #expect(warning.metadata == ["services": "shared, two", "remove_with": "usdcop health unregister NAME"])
            // Now the other one lets go of it, too.
            try await fixture.process("two", publisher: "desk:8081").synchronize()
            #expect(try await fixture.registered() == ["one", "redis", "two"])
        }
    }

    @Test func `a process without a place of its own removes nothing but what it switches off`() async throws {
        try await RegistryFixture.with { fixture in
            try await fixture.process("old", "postgres", publisher: "desk:8080").synchronize()
            try await fixture.process(switchedOff: ["postgres"]).synchronize()
            #expect(try await fixture.registered() == ["old", "redis"])
        }
    }

    @Test func `what an administrator registered under the same name stays`() async throws {
        try await RegistryFixture.with { fixture in
            let first = try fixture.process("api", publisher: "desk:8080")
            try await first.synchronize()
            try await first.register(.quick("api", "http://other/"), origin: .administrator)
            try await fixture.process(publisher: "desk:8080").synchronize()
            #expect(try await fixture.registered() == ["api", "redis"])
        }
    }

    @Test func `after a loss it is known again who has what`() async throws {
        try await RegistryFixture.with { fixture in
            let first = try fixture.process("old", publisher: "desk:8080")
            try await first.synchronize()
            try await fixture.server.ask("FLUSHALL")
            try await first.synchronize()
            #expect(try await fixture.server.ask("HGET", "usdcop:health:configured", "old").text == "desk:8080")
            try await fixture.process(publisher: "desk:8080").synchronize()
            #expect(try await fixture.registered() == ["redis"])
        }
    }

    @Test func `the place of a process is the same every time`() {
        let place = HealthSettings.publisher(port: 8080)
        #expect(place?.hasSuffix(":8080") == true)
        #expect(place == HealthSettings.publisher(port: 8080))
    }
}

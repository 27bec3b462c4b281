import CacheServices
import Hiredis
import RedisTesting
import Testing

@testable import LoggingServices

extension Live {
    @Suite struct AuditedPublishTests {
        private func signal(_ id: String, at second: Int = 0) throws -> Signal {
            try Signal(
                signalID: id, timestamp: Timestamp(milliseconds: 1_736_937_000_000 + Int64(second) * 1000), symbol: "USDCOP", action: .buy,
                confidence: 0.85, price: 4250.5, features: ["rsi": 45], modelVersion: "v1.0", executionLatencyMS: 45)
        }

        private func publish(_ signal: Signal, _ audit: AuditLogger, _ cache: SignalCache) async throws -> AuditedPublish {
            try await audit.publish(signal, event: .system("signal \(signal.signalID)"), cache: cache)
        }

        private func cache(_ audit: AuditLogger) throws -> SignalCache {
            SignalCache(RedisCacheClient(try #require(audit.store).client, namespace: .standard))
        }

        @Test func `a signal and its event go in one step, and a repeat adds neither`() async throws {
            let server = try await PrivateRedis.start()
            try await withAudit(on: server.configuration, isLasting: false) { audit in
                let cache = try cache(audit)
                let before = try await server.commandCalls()
                let first = try await publish(try signal("sig-1"), audit, cache)
                let after = try await server.commandCalls()
                #expect((after["evalsha"] ?? 0) - (before["evalsha"] ?? 0) == 1)
                #expect(first.result == PublishResult(latest: .stored, history: .added, stored: .redis))
                #expect(first.receipt?.sequence == 1)
                let repeated = try await publish(try signal("sig-1"), audit, cache)
                #expect(repeated.result?.history == .duplicate)
                #expect(repeated.receipt == nil)
                let second = try await publish(try signal("sig-2", at: 1), audit, cache)
                #expect(second.receipt?.sequence == 2)
                #expect(try await cache.getHistory("USDCOP").map(\.signalID) == ["sig-2", "sig-1"])
            }
            let records = try await trail(on: server)
            #expect(records.actions == ["signal sig-1", "signal sig-2"])
            #expect(records.breaks.isEmpty)
        }

        @Test func `what cannot be published leaves no event, and what cannot be recorded leaves no signal`() async throws {
            let server = try await PrivateRedis.start()
            try await withAudit(on: server.configuration) { audit in
                let cache = try cache(audit)
                try await server.ask("SET", "usdcop:signal:history:USDCOP", "of another type")
                await #expect(throws: AuditError.self) { try await publish(try signal("sig-1"), audit, cache) }
                #expect(try await server.ask("XLEN", "usdcop:audit:events") == .integer(0))
                try await server.ask("DEL", "usdcop:signal:history:USDCOP")
                try await server.ask("SET", "usdcop:audit:writers", "of another type")
                await #expect(throws: AuditError.self) { try await publish(try signal("sig-1"), audit, cache) }
                #expect(try await server.ask("EXISTS", "usdcop:signal:latest", "usdcop:signal:history:USDCOP") == .integer(0))
            }
        }

        @Test func `while Redis is away both wait as one record of the journal`() async throws {
            let server = try await PrivateRedis.start("--appendonly", "yes", "--appendfsync", "always")
            let state = try ScratchDirectory()
            try await withAudit(on: server.configuration, state: state.url) { audit in
                let cache = try cache(audit)
                _ = try await publish(try signal("sig-1"), audit, cache)
                server.kill()
                let spooled = try await publish(try signal("sig-2", at: 1), audit, cache)
                #expect(spooled.receipt?.durability == .spooled)
                _ = try await audit.log(.system("between"))
                _ = try await publish(try signal("sig-3", at: 2), audit, cache)
                try await server.start()
                try await eventually { await audit.lane.chain.isDelivered }
                #expect(try await cache.getHistory("USDCOP").map(\.signalID) == ["sig-3", "sig-2", "sig-1"])
                #expect(try await cache.getLatest()?.signalID == "sig-3")
            }
            let records = try await trail(on: server)
            #expect(records.actions == ["signal sig-1", "signal sig-2", "between", "signal sig-3"])
            #expect(records.breaks.isEmpty)
        }
    }
}

@testable import CacheServices
import Hiredis
import RedisTesting
import Testing

extension Live {
    @Suite struct OutageTests {}
}

extension Live.OutageTests {
    @Test func `reads go on from memory, marked with their age`() async throws {
        let server = try await PrivateRedis.start()
        defer { server.stop() }
        try await withFallback(server.configuration) { cache async throws in
            let (signals, metrics) = (SignalCache(cache), MetricsCache(cache))
            // Until the first snapshot nobody knows whether Redis has more of a history.
            try await eventually { cache.withState { $0.store.knowsEveryHistory } }
            try await signals.publish(try .sample())
            try await metrics.setPosition("USDCOP", try .sample())
            try await metrics.setCustomMetric("a", try CustomMetricValue(1))
            let before = CacheTrace()
            #expect(try await signals.traced(by: before).getLatest() == .sample())
            #expect(before.source == CacheSource(.redis))
            server.kill()
            try await cache.leftRedis()
            #expect(cache.status.reason != nil)
            let trace = CacheTrace()
            #expect(try await signals.traced(by: trace).getLatest() == .sample())
            let source = try #require(trace.source)
            #expect(source.backend == .memory)
            #expect(try #require(source.staleAge) > .zero)
            #expect(try #require(source.staleAge) < .seconds(10))
            #expect(try await signals.getHistory("USDCOP") == [.sample()])
            #expect(try await signals.getLatestBySymbol() == ["USDCOP": .sample()])
            #expect(try await metrics.getAllPositions() == ["USDCOP": .sample()])
            #expect(try await metrics.getCustomMetrics() == ["a": CustomMetricValue(1)])
            let written = CacheTrace()
            try await signals.traced(by: written).publish(try .sample("b", at: .second(1)))
            #expect(try await signals.traced(by: written).getLatest()?.signalID == "b")
            #expect(written.source == CacheSource(.memory))
        }
    }

    @Test func `what other processes wrote is known when Redis dies`() async throws {
        let server = try await PrivateRedis.start()
        defer { server.stop() }
        try await withFallback(server.configuration) { cache async throws in
            try await withRedis(on: server) { other in
                try await MetricsCache(other).setCustomMetric("gone", try CustomMetricValue(1))
                try await MetricsCache(other).setPosition("EURCOP", try .sample(symbol: "EURCOP"))
                try await cache.knows("metrics:custom:gone", .init("1"))
                for number in 0..<3 { try await SignalCache(other).publish(try .sample("o\(number)", at: .second(number))) }
                try await MetricsCache(other).deleteCustomMetric("gone")
                try await MetricsCache(other).setPosition("EURCOP", try .sample(symbol: "EURCOP", status: .closed))
                try await MetricsCache(other).setPosition("USDCOP", try .sample())
                try await cache.knows("position:active:USDCOP", try Position.sample().json)
            }
            server.kill()
            try await cache.leftRedis()
            #expect(try await SignalCache(cache).getHistory("USDCOP").map(\.signalID) == ["o2", "o1", "o0"])
            #expect(try await SignalCache(cache).getLatest()?.signalID == "o2")
            #expect(try await MetricsCache(cache).getAllPositions().keys.sorted() == ["USDCOP"])
            #expect(try await MetricsCache(cache).getCustomMetrics().isEmpty)
        }
    }

    @Test func `what it reads for itself is no hit and no miss`() async throws {
        let server = try await PrivateRedis.start()
        defer { server.stop() }
        _ = try await withRedis(on: server) { try await MetricsCache($0).setPosition("USDCOP", try .sample()) }
        try await withFallback(server.configuration) { cache async throws in
            try await cache.knows("position:active:USDCOP", try Position.sample().json)
            #expect(try await cache.getStats().hitRate == nil)
        }
    }

    @Test func `it starts without Redis, and is there when Redis comes`() async throws {
        let server = try PrivateRedis(options: [])
        defer { server.stop() }
        try await withFallback(server.configuration) { cache async throws in
            #expect(try await SignalCache(cache).publish(.sample()).stored == .memory)
            #expect(cache.status.mode == .memory)
            #expect(cache.status.pendingWrites == 1)
            try await server.start()
            #expect(try await cache.returned() < .seconds(1))
            #expect(cache.status.pendingWrites == 0)
            #expect(cache.status.reason == nil)
            #expect(try await server.ask("GET", "usdcop:signal:latest").bytes == Signal.sample().json)
        }
    }

    @Test func `each transition is logged once`() async throws {
        let server = try await PrivateRedis.start()
        defer { server.stop() }
        let log = RecordedLog()
        try await withFallback(server.configuration, logger: log.logger) { cache async throws in
            for _ in 0..<2 {
                _ = try await cache.get("a")
                let since = cache.status.since
                server.kill()
                try await cache.leftRedis()
                #expect(cache.status.since >= since)
                for _ in 0..<50 { _ = try await cache.get("a") }
                try await server.start()
                try await cache.returned()
            }
        }
        #expect(log.messages.filter { $0.hasPrefix("warning: Redis is away") }.count == 2)
        #expect(log.messages.filter { $0.hasPrefix("notice: Redis answers again") }.count == 2)
        #expect(log.messages.count <= 6)
    }

    @Test func `an end during an outage says what is lost`() async throws {
        let server = try await PrivateRedis.start()
        defer { server.stop() }
        let log = RecordedLog()
        try await withFallback(server.configuration, logger: log.logger) { cache async throws in
            server.kill()
            try await cache.leftRedis()
            try await cache.set("a", [1])
        }
        #expect(log.messages.contains { $0.hasPrefix("error: ended while Redis was away") })
    }

    @Test func `writes beyond the capacity are refused, and none that was accepted is lost`() async throws {
        let server = try PrivateRedis(options: [])
        defer { server.stop() }
        try await withFallback(server.configuration, maximumEntries: 10) { cache async throws in
            try await cache.set("k0", [0])
            for number in 1..<9 { try await cache.set("k\(number)", [UInt8(number)]) }
            await expect(.overCapacity) { try await SignalCache(cache).publish(try .sample()) }
            #expect(try await SignalCache(cache).getLatest() == nil)
            #expect(try await SignalCache(cache).setLatest(.sample()).stored == .memory)
            await expect(.overCapacity) { try await cache.set("one too many", [1]) }
            await expect(.overCapacity) { try await cache.lpush("list", [1]) }
            try await cache.set("k3", [33])
            #expect(try await cache.get("one too many") == nil)
            try await server.start()
            try await cache.returned()
            let values = try await cache.get((0..<9).map { "k\($0)" })
            #expect(values == [[0], [1], [2], [33], [4], [5], [6], [7], [8]])
            #expect(try await SignalCache(cache).getLatest() == .sample())
            #expect(try await cache.exists("one too many") == false)
            #expect(cache.status.conflicts == 0)
        }
    }

    @Test func `so many writes can wait, and then no more`() async throws {
        let server = try PrivateRedis(options: [])
        defer { server.stop() }
        try await withFallback(server.configuration, maximumEntries: 3) { cache async throws in
            for number in 0..<30 { try await cache.lpush("list", [UInt8(number)]) }
            await expect(.overCapacity) { try await cache.lpush("list", [30]) }
            #expect(try await cache.llen("list") == 30)
            try await server.start()
            try await cache.returned()
            #expect(try await cache.lrange("list", 0, -1) == (0..<30).reversed().map { [$0] })
        }
    }
}

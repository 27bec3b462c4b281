import CacheServices
import HealthServices
import Hiredis
import RedisTesting
import Testing

extension Live {
    /// What is under the key, and what else may be there.
    @Suite(.timeLimit(.minutes(2))) struct LatencyRedisTests {}
}

extension Live.LatencyRedisTests {
    private static func withServer(
        limits: LatencyLimits = LatencyLimits(), _ body: @Sendable (LatencyMonitor, PrivateRedis) async throws -> Void
    ) async throws {
        let server = try await PrivateRedis.start()
        defer { server.stop() }
        try await withLatency(on: server, limits: limits, clock: HandClock().clock) { try await body($0, server) }
    }

    @Test func `a person reads an entry with redis-cli`() async throws {
        try await Self.withServer { monitor, server async throws in
            monitor.recordLatency("api", "execute trade", latencyMS: 12.5, success: false, metadata: ["b": 2, "a": "x"])
            monitor.recordLatency("ml:v2", "infer", latencyMS: 3)
            try await monitor.flush()
            let time = "2025-01-15T10:30:00.000Z"
            #expect(
                try await server.entries() == [
                    [
                        "timestamp", time, "service", "api", "operation", "execute trade", "latency_ms", "12.5", "success", "false",
                        "metadata", #"{"a":"x","b":2}"#,
                    ],
                    ["timestamp", time, "service", "ml:v2", "operation", "infer", "latency_ms", "3", "success", "true"],
                ])
            let names = try await server.ask("KEYS", "*").array?.compactMap(\.text).sorted() ?? []
            #expect(names.count == 2 && names.first == "usdcop:latency:measurements")
            let writer = try #require(names.last)
            #expect(writer.hasPrefix("usdcop:stats:latency:"))
            #expect((86_000...86_400).contains(try await server.ask("TTL", .text(writer)).integer ?? 0))
            // A process that ends in order leaves only samples.
            try await monitor.finish()
            #expect(try await server.ask("KEYS", "*").array?.count == 1)
        }
    }

    @Test func `what one process records another sees, and clears`() async throws {
        try await Self.withServer { one, server async throws in
            one.recordLatency("a", "x", latencyMS: 10)
            try await one.flush()
            try await withLatency(on: server, clock: HandClock().clock) { two async throws in
                two.recordLatency("a", "x", latencyMS: 30)
                #expect(try await two.getLatencyStats("a").value.first?.avgMS == 20)
                #expect(try await one.getLatencyStats("a").value.first?.count == 2)
                two.recordLatency("b", "x", latencyMS: 5)
                try await two.flush()
                #expect(try await one.clearMeasurements("a") == 2)
                #expect(try await two.getLatencyStats().value.map(\.service) == ["b"])
                #expect(try await two.clearMeasurements() == 1)
                #expect(try await one.getLatencyStats().value == [])
                one.recordLatency("c", "x", latencyMS: 5)
                try await one.flush()
                #expect(try await two.getLatencyStats().value.map(\.service) == ["c"])
            }
        }
    }

    @Test func `a hundred samples are one script with one trim, and a read without news one command`() async throws {
        try await Self.withServer { monitor, server async throws in
            for number in 0..<1000 { monitor.recordLatency("a", number % 2 == 0 ? "x" : "y", latencyMS: 1) }
            try await monitor.flush()
            let stored = try await server.commandCalls()
            #expect(stored["evalsha", default: 0] + stored["eval", default: 0] <= 11)
            #expect(stored["xadd"] == 1000 && stored["xtrim"] == 10)
            _ = try await monitor.getLatencyStats()
            let before = try await server.commandCalls()
            for _ in 0..<10 { _ = try await monitor.getLatencyStats() }
            for _ in 0..<10 { _ = try await monitor.getEndToEndLatency() }
            let after = try await server.commandCalls()
            func calls(_ name: String) -> Int { after[name, default: 0] - before[name, default: 0] }
            #expect(calls("xinfo|stream") == 20)
            #expect(calls("xrange") == 0 && calls("evalsha") == 0 && calls("scan") == 0)
        }
    }

    @Test func `foreign entries are read, damaged ones are passed by and their key is named`() async throws {
        try await Self.withServer { monitor, server async throws in
            try await server.add("success", "1", "latency_ms", "2e1", "service", "a", "operation", "x", "venue", "SET-FX")
            try await server.add(
                "service", "a", "operation", "x", "latency_ms", "40", "success", "false", "timestamp", "yesterday", "metadata", "{not json")
            let good = try await monitor.getLatencyStats().value
            #expect(good.map(\.count) == [2] && good.first?.avgMS == 30 && good.first?.successRate == 0.5)
            let failed = try #require(try await monitor.getRecentMeasurements(limit: 1).value.first)
            #expect(failed.metadata == nil)
            #expect(abs((failed.timestamp - .now) / .seconds(1)) < 60)
            for bad in ["nan", "inf", "0x10", "-1", "1e10", "", "1 ", "ten"] {
                try await server.add("service", "a", "operation", "x", "latency_ms", .text(bad), "success", "true")
            }
            try await server.add("service", "a", "operation", "x", "latency_ms", "5")
            try await server.add("service", "a", "operation", "x", "latency_ms", "5", "success", "maybe")
            try await server.add("service", "", "operation", "x", "latency_ms", "5", "success", "true")
            try await server.add("service", "a", "operation", "caf\u{e9}", "latency_ms", "5", "success", "true")
            try await server.add("operation", "x", "latency_ms", "5", "success", "true")
            let trace = CacheTrace()
            #expect(try await monitor.getLatencyStats(noting: trace).value == good)
            #expect(trace.unreadableKeys == ["latency:measurements"])
            #expect(try await monitor.clearMeasurements("a") == 2)
            #expect(try await server.ask("XLEN", PrivateRedis.measurements).integer == 13)
        }
    }

    @Test func `a key of another type is refused and left alone`() async throws {
        try await Self.withServer { monitor, server async throws in
            try await server.ask("SET", PrivateRedis.measurements, "mine")
            monitor.recordLatency("a", "x", latencyMS: 1)
            let write = await #expect(throws: CacheError.self) { try await monitor.flush() }
            let read = await #expect(throws: CacheError.self) { try await monitor.getLatencyStats() }
            #expect(write?.code == .dataConflict && read?.code == .dataConflict)
            #expect(read?.key == "latency:measurements")
            #expect(try await server.ask("GET", PrivateRedis.measurements).text == "mine")
            // The samples wait until it is out of the way.
            try await server.ask("DEL", PrivateRedis.measurements)
            try await monitor.flush()
            #expect(try await server.latencies() == [1])
        }
    }

    @Test func `names without end, written by others, neither lose samples nor fill memory`() async throws {
        var limits = LatencyLimits()
        limits.samples = 1000
        try await Self.withServer(limits: limits) { monitor, server async throws in
            let fill = """
                for i = 1, 1000 do
                  redis.call('XADD', KEYS[1], 'MAXLEN', '=', 1000, '*', 'service', ARGV[1] .. i, 'operation', 'x', 'latency_ms', i, 'success', 'true')
                end
                """
            for round in 0..<13 {
                try await server.ask("EVAL", .text(fill), "1", PrivateRedis.measurements, .text("s\(round):"))
                let stats = try await monitor.getLatencyStats().value
                #expect(stats.count == 1000 && stats.allSatisfy { $0.count == 1 })
                #expect(stats.map(\.maxMS).reduce(0, +) == 500_500)
            }
            #expect(try await monitor.getHighLatencyServices(limit: 2).value.map(\.service.rawValue) == ["s12:1000", "s12:999"])
        }
    }

    @Test func `a stream that was replaced or deleted is read anew`() async throws {
        try await Self.withServer { monitor, server async throws in
            for number in 0..<10 { monitor.recordLatency("a", "x", latencyMS: Double(number)) }
            #expect(try await monitor.getLatencyStats().value.first?.count == 10)
            try await server.ask("DEL", PrivateRedis.measurements)
            #expect(try await monitor.getLatencyStats().value == [])
            try await server.add("service", "b", "operation", "x", "latency_ms", "5", "success", "true")
            #expect(try await monitor.getLatencyStats().value.map(\.service) == ["b"])
            #expect(try await server.ask("FLUSHALL") == .status("OK"))
            #expect(try await monitor.getLatencyStats().value == [])
        }
    }
}

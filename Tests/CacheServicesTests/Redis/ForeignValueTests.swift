@testable import CacheServices
import Hiredis
import RedisTesting
import Testing

extension Live {
    /// Another program writes the five keys of the seed directly, in its own way.
    @Suite struct ForeignValueTests {}
}

extension Live.ForeignValueTests {
    private static let position = """
        {"status": "OPEN", "symbol":"USDCOP", "quantity": -2e0, "position_id" : "py", "pnl": 1, "pnl_percent": 0.5, "stop_loss": null,
         "entry_price": 4250.0, "current_price": 4251, "entry_time": "2025-01-15T10:30:00+00:00"}
        """

    private static func write(_ server: PrivateRedis) async throws {
        try await server.ask("SET", "usdcop:signal:latest", .bytes(Signal.foreign("b")), "EX", "3600")
        try await server.ask("LPUSH", "usdcop:signal:history:USDCOP", .bytes(Signal.foreign("a", at: "2025-01-15T10:30:01Z")))
        try await server.ask("LPUSH", "usdcop:signal:history:USDCOP", .bytes(Signal.foreign("b")))
        try await server.ask("EXPIRE", "usdcop:signal:history:USDCOP", "3600")
        try await server.ask("SET", "usdcop:position:active:USDCOP", .text(Self.position))
        try await server.ask("SET", "usdcop:metrics:financial", #" { "win_rate" : 5e-1, "timestamp":"2025-01-15T10:30:00Z", "beta": 1 } "#)
        try await server.ask("SET", "usdcop:metrics:custom:vol", " 0.10 ", "EX", "300")
    }

    @Test func `they are understood by name at once`() async throws {
        try await withRedis { cache, server async throws in
            try await Self.write(server)
            let (signals, metrics) = (SignalCache(cache), MetricsCache(cache))
            #expect(try await signals.getLatest()?.timestamp == .sample)
            #expect(try await signals.getHistory("USDCOP").map(\.signalID) == ["b", "a"])
            #expect(try await signals.getSignalStats("USDCOP").total == 2)
            #expect(try await metrics.getPosition("USDCOP")?.quantity == -2)
            #expect(try await metrics.getFinancialMetrics()?.winRate == 0.5)
            #expect(try await metrics.getMetricsFreshness() != nil)
            #expect(try await metrics.getCustomMetric("vol") == CustomMetricValue(0.1))
        }
    }

    @Test func `they are in the lists after the indexes were reconciled`() async throws {
        try await withRedis { cache, server async throws in
            try await Self.write(server)
            let (signals, metrics) = (SignalCache(cache), MetricsCache(cache))
            #expect(try await signals.getSymbolsWithHistory().isEmpty)
            #expect(try await IndexReconciliation(cache).run() == .init(added: 4, removed: 0))
            #expect(try await signals.getSymbolsWithHistory() == ["USDCOP"])
            #expect(try await signals.getLatestBySymbol()["USDCOP"]?.signalID == "a")
            #expect(try await metrics.getAllPositions()["USDCOP"]?.positionID == "py")
            #expect(try await metrics.getCustomMetrics() == ["vol": CustomMetricValue(0.1)])
            #expect(try await IndexReconciliation(cache).run() == .init(added: 0, removed: 0))
        }
    }

    @Test func `what is gone leaves the lists at once, and the indexes when they are reconciled`() async throws {
        try await withRedis { cache, server async throws in
            try await Self.write(server)
            try await IndexReconciliation(cache).run()
            try await server.ask("DEL", "usdcop:signal:history:USDCOP", "usdcop:position:active:USDCOP", "usdcop:metrics:custom:vol")
            #expect(try await SignalCache(cache).getSymbolsWithHistory().isEmpty)
            #expect(try await MetricsCache(cache).getPositionCount() == 0)
            #expect(try await MetricsCache(cache).getCustomMetrics().isEmpty)
            #expect(try await IndexReconciliation(cache).run() == .init(added: 0, removed: 3))
            #expect(try await server.ask("EXISTS", "usdcop:index:signals", "usdcop:index:signals:latest") == .integer(0))
            #expect(try await server.ask("ZRANGE", "usdcop:index:metrics", "0", "-1") == .array([.bulk(.init("financial"))]))
        }
    }

    @Test func `keys with other names or types stay outside the indexes`() async throws {
        try await withRedis { cache, server async throws in
            try await server.ask("SADD", "usdcop:position:active:SET", "1")
            try await server.ask("SET", "usdcop:position:active:lower", "1")
            try await server.ask("SET", "usdcop:signal:history:TEXT", "1")
            try await server.ask("SET", "usdcop:metrics:other", "1")
            try await server.ask("SET", .text("usdcop:metrics:custom:" + String(repeating: "x", count: 65)), "1")
            for number in 0..<50 { try await server.ask("SET", .text("usdcop:metrics:custom:m\(number)"), .integer(number)) }
            #expect(try await IndexReconciliation(cache).run() == .init(added: 50, removed: 0))
            #expect(try await MetricsCache(cache).getCustomMetrics().count == 50)
            #expect(try await SignalCache(cache).getSymbolsWithHistory().isEmpty)
        }
    }

    @Test func `fields that this version does not know are passed on to the digit`() async throws {
        try await withRedis { cache, server async throws in
            try await Self.write(server)
            let signal = try #require(try await SignalCache(cache).getLatest())
            #expect(signal.json.text.contains(#""venue":{"ids":[1,9007199254740993],"name":"SET-FX"}"#))
            try await SignalCache(cache).publish(signal)
            #expect(try await server.ask("GET", "usdcop:signal:latest").bytes == signal.json)
            let position = try #require(try await MetricsCache(cache).getPosition("USDCOP"))
            try await MetricsCache(cache).setPosition("USDCOP", position)
            #expect(try await server.ask("GET", "usdcop:position:active:USDCOP").text?.contains(#""stop_loss":null"#) == true)
        }
    }

    @Test func `a foreign latest keeps its place against an older signal and loses it to a newer one`() async throws {
        try await withRedis { cache, server async throws in
            try await Self.write(server)
            let signals = SignalCache(cache)
            #expect(try await signals.publish(.sample("z", at: .second(-1))).latest == .older)
            #expect(try await signals.publish(.sample("a")).latest == .older)
            #expect(try await signals.publish(.sample("c")).latest == .stored)
        }
    }
}

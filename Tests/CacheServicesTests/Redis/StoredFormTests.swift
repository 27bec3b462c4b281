import CacheServices
import Hiredis
import RedisTesting
import Testing

extension Live {
    @Suite struct StoredFormTests {}
}

extension Live.StoredFormTests {
    /// Name, type, and the seconds that a key lives; -1 for ever.
    private struct Key: Hashable, CustomStringConvertible {
        let name: String
        let type: String
        let seconds: Int

        var description: String { "\(name) \(type) \(seconds)" }
    }

    private static func keys(on server: PrivateRedis) async throws -> Set<Key> {
        var keys: Set<Key> = []
        let names = try await server.ask("SCAN", "0", "COUNT", "1000").array?[1].array ?? []
        for name in names.compactMap(\.text) {
            let milliseconds = try #require(try await server.ask("PTTL", .text(name)).integer)
            let seconds = milliseconds < 0 ? -1 : Int((Double(milliseconds) / 1000).rounded(.up))
            keys.insert(Key(name: name, type: try await server.ask("TYPE", .text(name)).text ?? "", seconds: seconds))
        }
        return keys
    }

    private static func write(_ cache: RedisCacheClient) async throws {
        try await SignalCache(cache).publish(try .sample())
        let metrics = MetricsCache(cache)
        try await metrics.setPosition("USDCOP", try .sample())
        try await metrics.setFinancialMetrics(try FinancialMetrics(timestamp: .sample, totalPnL: 1250.75, totalTrades: 42))
        try await metrics.setCustomMetric("vol:30d", try CustomMetricValue(0.1))
        try await metrics.setCustomMetric("regime", try CustomMetricValue("risk on"))
    }

    @Test(arguments: ["usdcop", "{usdcop}", "test-7"] as [Namespace])
    func `keys have the names, types and lifetimes of the key table`(namespace: Namespace) async throws {
        try await withRedis(namespace: namespace) { cache, server async throws in
            try await Self.write(cache)
            _ = try await cache.get("none")
            try await cache.flushStats()
            let table = [
                Key(name: "signal:latest", type: "string", seconds: 3600), Key(name: "signal:history:USDCOP", type: "list", seconds: 3600),
                Key(name: "position:active:USDCOP", type: "string", seconds: -1),
                Key(name: "metrics:financial", type: "string", seconds: 300),
                Key(name: "metrics:custom:vol:30d", type: "string", seconds: 300),
                Key(name: "metrics:custom:regime", type: "string", seconds: 300),
                Key(name: "index:signals", type: "zset", seconds: -1), Key(name: "index:signals:latest", type: "hash", seconds: -1),
                Key(name: "index:positions", type: "zset", seconds: -1), Key(name: "index:metrics", type: "zset", seconds: -1),
                Key(name: "events", type: "stream", seconds: -1), Key(name: "stats:cache", type: "hash", seconds: -1),
            ]
            let expected = table.map { Key(name: "\(namespace):\($0.name)", type: $0.type, seconds: $0.seconds) }
            #expect(try await Self.keys(on: server) == Set(expected))
        }
    }

    @Test func `values are canonical JSON that a person can read`() async throws {
        try await withRedis { cache, server async throws in
            try await Self.write(cache)
            let signal =
                #"{"action":"BUY","confidence":0.87,"execution_latency_ms":45,"features":{"macd":-12.4,"rsi_14":61.3},"#
                + #""model_version":"v2.1.0","price":4285.5,"signal_id":"sig-1","symbol":"USDCOP","timestamp":"2025-01-15T10:30:00.000Z"}"#
            let position =
                #"{"current_price":4262.5,"entry_price":4250,"entry_time":"2025-01-15T10:30:00.000Z","pnl":12.5,"#
                + #""pnl_percent":0.29,"position_id":"pos-1","quantity":1,"status":"OPEN","symbol":"USDCOP"}"#
            #expect(try await server.ask("GET", "usdcop:signal:latest").text == signal)
            #expect(try await server.ask("LRANGE", "usdcop:signal:history:USDCOP", "0", "-1") == .array([.bulk(.init(signal))]))
            #expect(try await server.ask("GET", "usdcop:position:active:USDCOP").text == position)
            let metrics = #"{"timestamp":"2025-01-15T10:30:00.000Z","total_pnl":1250.75,"total_trades":42}"#
            #expect(try await server.ask("GET", "usdcop:metrics:financial").text == metrics)
            #expect(try await server.ask("GET", "usdcop:metrics:custom:vol:30d").text == "0.1")
            #expect(try await server.ask("GET", "usdcop:metrics:custom:regime").text == #""risk on""#)
        }
    }

    @Test func `every change is told once, with its value`() async throws {
        try await withRedis { cache, _ async throws in
            try await Self.write(cache)
            try await SignalCache(cache).publish(try .sample())
            try await SignalCache(cache).addToHistory("USDCOP", try .sample())
            try await MetricsCache(cache).setPosition("USDCOP", try .sample(status: .closed))
            try await MetricsCache(cache).deletePosition("USDCOP")
            try await MetricsCache(cache).deleteCustomMetric("regime")
            let stream = RedisEventStream.changes(cache.redis, namespace: cache.namespace)
            let changes = try await stream.entries(after: .zero, limit: 100).compactMap(ChangeEvent.init)
            #expect(changes.map(\.event) == ["set-and-add", "set", "set", "set", "set", "closed", "deleted"])
            #expect(changes.map(\.key)[0...2] == ["signal:history:USDCOP", "position:active:USDCOP", "metrics:financial"])
            #expect(try changes.first?.value == Signal.sample().json)
        }
    }

    @Test func `namespaces do not see each other`() async throws {
        let server = try await PrivateRedis.start(namespaces: ["usdcop", "usdcop-demo"])
        defer { server.stop() }
        try await withRedis(on: server, namespace: "usdcop") { mine in
            try await withRedis(on: server, namespace: "usdcop-demo") { other in
                try await Self.write(mine)
                try await mine.set("a", [1])
                #expect(try await other.keys("*").isEmpty)
                #expect(try await other.get("a") == nil)
                #expect(try await SignalCache(other).getLatestBySymbol().isEmpty)
                #expect(try await MetricsCache(other).getPositionCount() == 0)
                #expect(try await other.clear() == 0)
                try await Self.write(other)
                #expect(try await other.clear() == 6)
                #expect(try await mine.keys("*").count == 7)
            }
        }
    }
}

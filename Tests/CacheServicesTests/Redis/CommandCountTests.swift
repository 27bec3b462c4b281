import CacheServices
import Hiredis
import RedisTesting
import Testing

extension Live {
    /// Counted by the server: `INFO commandstats` for what was run, `INFO stats` for how often something was read from a client.
    @Suite struct CommandCountTests {}
}

extension Live.CommandCountTests {
    private typealias Call = (name: String, body: @Sendable (any ICacheClient) async throws -> Void)

    private static let scripts: [Call] = [
        ("setLatest", { try await SignalCache($0).setLatest(try .sample()) }),
        ("addToHistory", { try await SignalCache($0).addToHistory("USDCOP", try .sample()) }),
        ("publish", { try await SignalCache($0).publish(try .sample("b", at: .second(1))) }),
        ("getSymbolsWithHistory", { _ = try await SignalCache($0).getSymbolsWithHistory() }),
        ("getLatestBySymbol", { _ = try await SignalCache($0).getLatestBySymbol() }),
        ("clearHistory", { try await SignalCache($0).clearHistory("USDCOP") }),
        ("setFinancialMetrics", { try await MetricsCache($0).setFinancialMetrics(try FinancialMetrics(timestamp: .sample, winRate: 1)) }),
        ("getMetricsFreshness", { _ = try await MetricsCache($0).getMetricsFreshness() }),
        ("getSnapshot", { _ = try await MetricsCache($0).getSnapshot() }),
        ("clearFinancialMetrics", { try await MetricsCache($0).clearFinancialMetrics() }),
        ("setCustomMetric", { try await MetricsCache($0).setCustomMetric("a", try CustomMetricValue(1)) }),
        ("getCustomMetrics", { _ = try await MetricsCache($0).getCustomMetrics() }),
        ("deleteCustomMetric", { try await MetricsCache($0).deleteCustomMetric("a") }),
        ("setPosition", { try await MetricsCache($0).setPosition("USDCOP", try .sample()) }),
        ("getAllPositions", { _ = try await MetricsCache($0).getAllPositions() }),
        ("getPositionCount", { _ = try await MetricsCache($0).getPositionCount() }),
        ("getAggregatePositionMetrics", { _ = try await MetricsCache($0).getAggregatePositionMetrics() }),
        ("deletePosition", { try await MetricsCache($0).deletePosition("USDCOP") }),
        ("lpush", { try await $0.lpush("list", [1], maximumLength: 2) }),
    ]

    private static let commands: [(command: String, call: Call)] = [
        ("get", ("getLatest", { _ = try await SignalCache($0).getLatest() })),
        ("get", ("latestBytes", { _ = try await SignalCache($0).latestBytes() })),
        ("lrange", ("getHistory", { _ = try await SignalCache($0).getHistory("USDCOP") })),
        ("lrange", ("getSignalsInRange", { _ = try await SignalCache($0).getSignalsInRange("USDCOP", from: .sample, to: .latest) })),
        ("lrange", ("getSignalStats", { _ = try await SignalCache($0).getSignalStats("USDCOP") })),
        ("get", ("getFinancialMetrics", { _ = try await MetricsCache($0).getFinancialMetrics() })),
        ("get", ("getCustomMetric", { _ = try await MetricsCache($0).getCustomMetric("a") })),
        ("get", ("getPosition", { _ = try await MetricsCache($0).getPosition("USDCOP") })),
        ("get", ("get", { _ = try await $0.get("a") })),
        ("mget", ("get many", { _ = try await $0.get(["a", "b"]) })),
        ("set", ("set", { try await $0.set("a", [1]) })),
        ("exists", ("exists", { _ = try await $0.exists("a") })),
        ("pttl", ("ttl", { _ = try await $0.ttl("a") })),
        ("unlink", ("delete", { try await $0.delete("a") })),
        ("lrange", ("lrange", { _ = try await $0.lrange("list", 0, -1) })),
        ("llen", ("llen", { _ = try await $0.llen("list") })),
    ]

    private struct Counter {
        let admin: RedisClient

        func roundTrips() async throws -> Int {
            let text = try await admin.send(RedisCommand("INFO", ["stats"], access: .read)).text ?? ""
            let line = try #require(text.split(whereSeparator: \.isNewline).first { $0.hasPrefix("total_reads_processed:") })
            return try #require(Int(line.drop { $0 != ":" }.dropFirst()))
        }

        func calls() async throws -> [String: Int] {
            let text = try await admin.send(RedisCommand("INFO", ["commandstats"], access: .read)).text ?? ""
            return PrivateRedis.commandCalls(in: text)
        }

        /// What the server ran and how often it read, without the asking.
        func cost(of body: () async throws -> Void) async throws -> (calls: [String: Int], roundTrips: Int) {
            let before = try await calls()
            let reads = try await roundTrips()
            try await body()
            let trips = try await roundTrips() - reads - 1
            let after = try await calls()
            let difference = after.merging(before) { $0 - $1 }.filter { $0.key != "info" && $0.value > 0 }
            return (difference, trips)
        }
    }

    private static func measure(_ body: @Sendable (any ICacheClient, Counter) async throws -> Void) async throws {
        try await withRedis { cache, server async throws in
            try await RedisClient.withClient(server.unrestricted, logger: .silent) { admin in
                // Afterwards nothing connects any more, and the next reading of settings is 10 seconds away.
                _ = try await cache.get("a")
                _ = try await admin.get("a")
                try await body(cache, Counter(admin: admin))
            }
        }
    }

    @Test func `a call of several keys is one script and one round trip`() async throws {
        try await Self.measure { cache, counter async throws in
            for call in Self.scripts {
                try await call.body(cache)
                let cost = try await counter.cost { try await call.body(cache) }
                #expect(cost.calls["evalsha"] == 1, "\(call.name)")
                #expect(cost.calls["eval"] == nil, "\(call.name)")
                #expect(cost.roundTrips == 1, "\(call.name)")
            }
        }
    }

    @Test func `a call of one key is one command and one round trip`() async throws {
        try await Self.measure { cache, counter async throws in
            for (command, call) in Self.commands {
                let cost = try await counter.cost { try await call.body(cache) }
                #expect(cost.calls == [command: 1], "\(call.name)")
                #expect(cost.roundTrips == 1, "\(call.name)")
            }
        }
    }

    /// These are the two that say so themselves: read, decide, compare-and-set.
    @Test func `an update is two round trips without contention`() async throws {
        try await Self.measure { cache, counter async throws in
            let calls: [Call] = [
                ("update", { try await $0.update("n") { ($0 ?? []) + [1] } }),
                ("updateMetricSnapshot", { try await MetricsCache($0).updateMetricSnapshot(try FinancialMetricsUpdate(winRate: 1)) }),
            ]
            for call in calls {
                try await call.body(cache)
                #expect(try await counter.cost { try await call.body(cache) }.roundTrips == 2, "\(call.name)")
            }
        }
    }

    @Test func `nothing uses KEYS or empties the server, whatever is cleared`() async throws {
        try await withRedis { cache, server async throws in
            try await server.ask("SET", "foreign", "1")
            try await server.ask("SET", "usdcop:audit:events", "1")
            for call in Self.scripts + Self.commands.map(\.call) { try await call.body(cache) }
            _ = try await cache.keys("*")
            _ = try await cache.getStats()
            try await IndexReconciliation(cache).run()
            try await SignalCache(cache).clearAll()
            try await MetricsCache(cache).clearMetrics()
            _ = try await cache.clear()
            let calls = try await server.commandCalls()
            #expect(calls.keys.filter { ["keys", "flushall", "flushdb", "randomkey"].contains($0) }.isEmpty)
            #expect(calls["scan", default: 0] > 0)
            #expect(try await server.ask("MGET", "foreign", "usdcop:audit:events") == .array([.bulk([0x31]), .bulk([0x31])]))
        }
    }
}

@testable import CacheServices
@testable import Hiredis
import RedisTesting
import Testing

extension Live {
    /// Redis comes back without what it had, or never lets a write in.
    @Suite struct LossTests {}
}

extension Live.LossTests {
    @Test func `writes of an outage survive that Redis comes back empty`() async throws {
        let server = try await PrivateRedis.start()
        defer { server.stop() }
        try await withFallback(server.configuration) { cache async throws in
            let metrics = MetricsCache(cache)
            try await cache.set("a", [0])
            try await cache.set("counter", [1])
            try await cache.set("gone", [0])
            try await metrics.setCustomMetric("m", try CustomMetricValue(1))
            try await metrics.setPosition("USDCOP", try .sample("old"))
            try await metrics.setPosition("EURCOP", try .sample(symbol: "EURCOP"))
            server.kill()
            try await cache.leftRedis()
            try await cache.set("a", [1])
            try await cache.update("counter") { [($0?.first ?? 0) + 1] }
            try await cache.delete("gone")
            try await metrics.setCustomMetric("m", try CustomMetricValue(2))
            try await metrics.setPosition("USDCOP", try .sample("new"))
            try await metrics.setPosition("EURCOP", try .sample(symbol: "EURCOP", status: .closed))
            try await server.start()
            try await cache.returned()
            #expect(cache.status.conflicts == 0)
            try await withRedis(on: server) { redis async throws in
                #expect(try await redis.get(["a", "counter", "gone"]) == [[1], [2], nil])
                #expect(try await MetricsCache(redis).getCustomMetrics() == ["m": CustomMetricValue(2)])
                #expect(try await MetricsCache(redis).getAllPositions() == ["USDCOP": .sample("new")])
            }
        }
    }

    @Test func `a value that expired meanwhile did not change, and a key that was never read does not give way`() async throws {
        let log = RecordedLog()
        try await withCutNetwork(logger: log.logger) { cache, other, proxy async throws in
            try await MetricsCache(cache).setCustomMetric("m", try CustomMetricValue(1))
            try await other.set("unknown", [9])
            proxy.setBlackHole(true)
            try await MetricsCache(cache).setCustomMetric("m", try CustomMetricValue(2))
            try await cache.leftRedis()
            try await cache.set("unknown", [1])
            try await cache.set("new", [1])
            _ = try await other.redis.send(RedisCommand("PEXPIRE", ["usdcop:metrics:custom:m", "1"]))
            try await eventually { try await !other.exists("metrics:custom:m") }
            proxy.setBlackHole(false)
            try await cache.returned()
            #expect(try await MetricsCache(other).getCustomMetric("m") == CustomMetricValue(2))
            #expect(try await other.get(["unknown", "new"]) == [[9], [1]])
            #expect(try await cache.get("unknown") == [9])
            #expect(cache.status.conflicts == 1)
            #expect(log.messages.contains { $0.hasPrefix("warning: a write of the outage lost") })
        }
    }

    @Test func `a position that another process closed meanwhile stays closed`() async throws {
        try await withCutNetwork { cache, other, proxy async throws in
            let (mine, theirs) = (MetricsCache(cache), MetricsCache(other))
            for symbol: Symbol in ["USDCOP", "EURCOP", "MXNCOP"] { try await mine.setPosition(symbol, try .sample(symbol: symbol)) }
            proxy.setBlackHole(true)
            try await mine.setPosition("USDCOP", try .sample(pnl: 99))
            try await cache.leftRedis()
            try await mine.setPosition("EURCOP", try .sample(symbol: "EURCOP", status: .closed))
            try await mine.setPosition("MXNCOP", try .sample(symbol: "MXNCOP", pnl: 98))
            try await theirs.setPosition("USDCOP", try .sample(status: .closed))
            try await theirs.deletePosition("EURCOP")
            proxy.setBlackHole(false)
            try await cache.returned()
            #expect(try await theirs.getAllPositions() == ["MXNCOP": .sample(symbol: "MXNCOP", pnl: 98)])
            #expect(try await mine.getAllPositions().keys.sorted() == ["MXNCOP"])
            #expect(cache.status.conflicts == 1)
        }
    }

    @Test func `a value whose time passed only in memory is still what was last known`() throws {
        var state = FallbackState(maximumEntries: 10, at: .sample)
        state.remember(.get("a"), [1], began: 0)
        _ = state.leaveRedis("test", at: .sample)
        state.store.now += .seconds(301)
        #expect(try state.perform(.get("a"), isUnknown: false)?.value == .some(nil))
        _ = try state.perform(.set("a", [2], milliseconds: nil), isUnknown: false)
        _ = try state.perform(.compareAndSet("a", expected: [2], [3], milliseconds: nil), isUnknown: false)
        #expect(state.pending.map { $0.request.arguments.prefix(2) } == [["unchanged", .bytes([1])], ["unchanged", .bytes([2])]])
    }

    @Test func `a write that is refused for good does not keep the others from Redis`() async throws {
        let server = try await PrivateRedis.startOpen("--appendonly", "yes", "--appendfsync", "always")
        defer { server.stop() }
        let log = RecordedLog()
        try await withFallback(server.configuration, logger: log.logger) { cache async throws in
            server.kill()
            try await cache.leftRedis()
            try await cache.set("forbidden", [1])
            try await cache.set("allowed", [1])
            try await server.start(adding: [
                "--user", "default", "on", "nopass", "+@all", "~usdcop:allowed", "~usdcop:events", "~usdcop:index:*", "~usdcop:signal:*",
            ])
            try await cache.returned()
            #expect(try await cache.get("allowed") == [1])
            #expect((cache.status.pendingWrites, cache.status.conflicts) == (0, 1))
        }
        #expect(log.messages.contains { $0.hasPrefix("error: a write of the outage cannot be stored") })
    }

    @Test(arguments: [
        ("OOM", true), ("MISCONF", true), ("READONLY", true), ("NOREPLICAS", true), ("NOAUTH", true), ("LOADING", true), ("NOPERM", false),
        ("ERR", false),
    ])
    func `only refusals that are the server's state are waited for`(word: String, waits: Bool) {
        let error = CacheError(.refused, "", underlying: RedisError(RedisServerError(word + " no")))
        #expect(error.mayPass == waits)
    }

    @Test func `a snapshot takes over what left no event`() async throws {
        let server = try await PrivateRedis.start()
        defer { server.stop() }
        try await withRedis(on: server) { other async throws in
            let cache = FallbackCacheClient(other, logger: .silent)
            try await SignalCache(other).publish(try .sample())
            try await SignalCache(other).publish(try .sample("e", symbol: "EURCOP"))
            try await MetricsCache(other).setPosition("USDCOP", try .sample())
            try await MetricsCache(other).setCustomMetric("a", try CustomMetricValue(1))
            var follower = LastKnownFollower(other, snapshotEvery: .zero)
            func held() -> [String] { cache.withState { $0.store.keys { _ in true } } }
            await follower.refresh(cache)
            let all = [
                "metrics:custom:a", "position:active:USDCOP", "signal:history:EURCOP", "signal:history:USDCOP", "signal:latest",
            ]
            #expect(held() == all)
            var patient = LastKnownFollower(other)
            await patient.refresh(cache)
            try await other.delete("signal:history:EURCOP")
            try await other.delete("signal:latest")
            await patient.refresh(cache)
            #expect(held() == all)
            await follower.refresh(cache)
            #expect(held() == ["metrics:custom:a", "position:active:USDCOP", "signal:history:USDCOP"])
            #expect(try await other.clear() > 0)
            await follower.refresh(cache)
            #expect(held().isEmpty)
        }
    }

    @Test func `what a Redis that comes back empty has lost is not served in the next outage`() async throws {
        let server = try await PrivateRedis.start()
        defer { server.stop() }
        try await withFallback(server.configuration) { cache async throws in
            try await SignalCache(cache).publish(try .sample())
            try await MetricsCache(cache).setPosition("USDCOP", try .sample())
            server.kill()
            try await cache.leftRedis()
            try await server.start()
            try await cache.returned()
            try await cache.knows("position:active:USDCOP", nil)
            try await eventually { cache.withState { $0.store.keys { _ in true } }.isEmpty }
            server.kill()
            try await cache.leftRedis()
            #expect(try await MetricsCache(cache).getAllPositions().isEmpty)
            #expect(try await SignalCache(cache).getLatest() == nil)
            #expect(try await SignalCache(cache).getSymbolsWithHistory().isEmpty)
        }
    }

    @Test func `a long list or history is known whole or not at all`() async throws {
        let server = try await PrivateRedis.start()
        defer { server.stop() }
        try await withRedis(on: server) { other async throws in
            for number in 0..<50 {
                try await other.lpush("list", [UInt8(number)])
                try await SignalCache(other).publish(try .sample("o\(number)", at: .second(number)))
            }
        }
        try await withFallback(server.configuration) { cache async throws in
            try await cache.lpush("list", [50])
            try await SignalCache(cache).publish(try .sample("mine", at: .second(50)))
            try await eventually { cache.withState { $0.store.entry("signal:history:USDCOP") } != nil }
            server.kill()
            try await cache.leftRedis()
            #expect(try await cache.lrange("list", 0, -1).isEmpty)
            let history = try await SignalCache(cache).getHistory("USDCOP", limit: 100).map(\.signalID)
            #expect(history == ["mine"] + (0..<50).reversed().map { "o\($0)" })
        }
    }

    @Test func `a list that was pushed to while Redis was away is known whole or not at all afterwards`() async throws {
        let server = try await PrivateRedis.durable()
        defer { server.stop() }
        _ = try await withRedis(on: server) { try await $0.lpush("long", [0]) }
        try await withFallback(server.configuration) { cache async throws in
            try await cache.lpush("whole", [1])
            server.kill()
            try await cache.leftRedis()
            try await cache.lpush("whole", [2])
            try await cache.lpush("long", [1])
            try await server.start()
            try await cache.returned()
            cache.withState { state in
                #expect(state.store.elements("whole") == [[2], [1]])
                #expect(state.store.entry("long") == nil)
            }
        }
    }
}

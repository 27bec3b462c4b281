@testable import CacheServices
import Hiredis
import RedisTesting
import Testing

extension Live {
    /// The reply is cut off: Redis did it and nobody was told.
    @Suite struct UncertainOutcomeTests {}
}

extension Live.UncertainOutcomeTests {
    /// Runs `calls` while the connection loses its first reply; the client is brought back afterwards and `check` runs.
    private static func losingReply(
        _ calls: @Sendable (FallbackCacheClient) async throws -> Void,
        check: @Sendable (FallbackCacheClient, PrivateRedis) async throws -> Void
    ) async throws {
        let server = try await PrivateRedis.start()
        defer { server.stop() }
        let proxy = try await CuttingProxy.start(inFrontOf: server.port)
        var configuration = server.configuration
        configuration.endpoint = .tcp(host: "127.0.0.1", port: proxy.port)
        try await RedisClient.withClient(configuration, logger: .silent) { redis async throws in
            let cache = FallbackCacheClient(RedisCacheClient(redis), logger: .silent)
            try await cache.set("a", [0])
            try await cache.update("a") { _ in [1] }
            try await cache.lpush("list", [0])
            proxy.cut(.reply, after: 0)
            // Without `run()`, so that no command of its own meets the cut.
            try await calls(cache)
            #expect(proxy.cuts == 1)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await cache.run() }
                defer { group.cancelAll() }
                try await cache.returned()
                try await check(cache, server)
            }
        }
        try await proxy.stop()
    }

    @Test func `a push is reported as unknown and never sent twice`() async throws {
        try await Self.losingReply { cache in
            await expect(.outcomeUnknown) { try await cache.lpush("list", [1]) }
            #expect(cache.status.mode == .memory)
        } check: { cache, _ async throws in
            #expect(try await cache.lrange("list", 0, -1) == [[1], [0]])
        }
    }

    @Test func `a push of an outage is done once, however often it is sent`() async throws {
        try await withRedis { cache, server async throws in
            let step = CacheStep<Int>.push("list", [7], maximumLength: 3, lifetime: .never)
            guard case .appends(let numbered) = step.effect else { throw NeverHappened() }
            for (writer, number, length) in [("a", 1, 1), ("a", 1, 1), ("b", 1, 2), ("a", 2, 3), ("a", 1, 3), ("b", 9, 3)] {
                #expect(try await cache.send(numbered(writer, number)).integer == Int64(length))
            }
            #expect(try await cache.keys("*") == ["list"])
            #expect(try await #require(server.ask("TTL", "usdcop:stats:replays").integer) > 86_000)
        }
    }

    @Test func `a value that had arrived is no conflict with itself`() async throws {
        try await Self.losingReply { cache in
            try await cache.set("a", [2])
            try await cache.set("a", [3])
        } check: { cache, _ async throws in
            #expect(try await cache.get("a") == [3])
            #expect(cache.status.conflicts == 0)
        }
    }

    @Test func `a signal that had arrived is there once`() async throws {
        try await Self.losingReply { cache async throws in
            #expect(try await SignalCache(cache).publish(.sample()).stored == .memory)
        } check: { cache, _ async throws in
            #expect(try await SignalCache(cache).getHistory("USDCOP") == [.sample()])
        }
    }

    @Test func `a compare-and-set that had arrived counts once`() async throws {
        try await Self.losingReply { cache async throws in
            #expect(try await cache.perform(.compareAndSet("a", expected: [1], [2], milliseconds: nil)).value)
            try await cache.update("a") { [($0?.first ?? 0) + 1] }
        } check: { cache, server async throws in
            #expect(try await server.ask("GET", "usdcop:a").bytes == [3])
            #expect(cache.status.conflicts == 0)
        }
    }

    @Test func `a position that had arrived and was closed since stays closed`() async throws {
        try await Self.losingReply { cache in
            try await MetricsCache(cache).setPosition("USDCOP", try .sample())
            try await MetricsCache(cache).setPosition("USDCOP", try .sample(status: .closed))
        } check: { cache, server async throws in
            #expect(try await server.ask("EXISTS", "usdcop:position:active:USDCOP") == .integer(0))
            #expect(cache.status.conflicts == 0)
        }
    }
}

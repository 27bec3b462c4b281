@testable import CacheServices
import Hiredis
import RedisTesting
import Testing

extension Live {
    /// Redis is up and says no: that is an error, not an absence.
    @Suite struct RefusalTests {}
}

extension Live.RefusalTests {
    @Test func `a full server refuses writes and still answers reads`() async throws {
        let server = try await PrivateRedis.start()
        defer { server.stop() }
        try await withFallback(server.configuration) { cache async throws in
            try await SignalCache(cache).publish(try .sample())
            try await server.ask("CONFIG", "SET", "maxmemory", "1")
            await expect(.refused) { try await cache.set("a", [1]) }
            await expect(.refused) { try await cache.lpush("l", [1]) }
            await expect(.refused) { try await SignalCache(cache).publish(try .sample("b", at: .second(1))) }
            #expect(cache.status.mode == .redis)
            #expect(try await SignalCache(cache).getLatest() == .sample())
            #expect(try await cache.get("a") == nil)
        }
    }

    @Test func `a replica refuses writes and still answers reads`() async throws {
        let server = try await PrivateRedis.start()
        defer { server.stop() }
        try await withFallback(server.configuration) { cache async throws in
            try await cache.set("a", [1])
            try await server.ask("REPLICAOF", "127.0.0.1", "1")
            await expect(.refused) { try await cache.set("a", [2]) }
            await expect(.refused) { try await MetricsCache(cache).setPosition("USDCOP", try .sample()) }
            #expect(cache.status.mode == .redis)
            #expect(try await cache.get("a") == [1])
        }
    }

    @Test(arguments: [
        "-MISCONF Errors writing to the AOF file", "-NOPERM this user has no permissions", "-NOREPLICAS Not enough good replicas to write.",
        "-NOAUTH Authentication required.",
    ])
    func `other refusals are errors as well`(answer: String) async throws {
        let rogue = try await RogueServer.start(on: .firstCommand, [.send(answer + "\r\n")])
        let configuration = RedisConfiguration(endpoint: .tcp(host: "127.0.0.1", port: rogue.port))
        try await RedisClient.withClient(configuration, logger: .silent) { redis async throws in
            let cache = FallbackCacheClient(RedisCacheClient(redis), logger: .silent)
            await expect(.refused) { try await cache.set("a", [1]) }
            #expect(cache.status.mode == .redis)
            #expect(cache.status.pendingWrites == 0)
        }
        try await rogue.stop()
    }

    @Test func `a replay that Redis refuses waits until it does not`() async throws {
        let server = try await PrivateRedis.durable()
        defer { server.stop() }
        let log = RecordedLog()
        try await withFallback(server.configuration, logger: log.logger) { cache async throws in
            try await cache.set("a", [0])
            server.kill()
            try await cache.leftRedis()
            try await cache.set("a", [1])
            try await cache.lpush("list", [1])
            try await server.start(adding: ["--maxmemory", "1"])
            try await eventually { log.messages.contains { $0.hasPrefix("warning: the return to Redis was interrupted") } }
            #expect(cache.status.mode != .redis)
            #expect(try await cache.get("a") == [1])
            try await cache.set("b", [2])
            #expect(cache.status.pendingWrites == 3)
            try await server.ask("CONFIG", "SET", "maxmemory", "0")
            try await cache.returned()
            #expect(try await cache.get(["a", "b"]) == [[1], [2]])
            #expect(try await cache.lrange("list", 0, -1) == [[1]])
            #expect(cache.status.conflicts == 0)
        }
        #expect(log.messages.filter { $0.hasPrefix("warning: the return to Redis") }.count <= 2)
    }
}

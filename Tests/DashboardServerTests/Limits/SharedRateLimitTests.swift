import CacheServices
import Hiredis
import Logging
import RedisTesting
import TestTurns
import Testing

@testable import DashboardServer

/// The one step in Redis, asked by two processes. The rate is so slow that no time goes by; where it should, the stored times are moved.
@Suite(.takesTurns, .serialized, .timeLimit(.minutes(1)))
struct SharedRateLimitTests {
    private static let client = CountedClient.key("a")

    /// Two processes and what stands in Redis.
    private struct Desk {
        let limit: RateLimit
        let redis: PrivateRedis
        let a: SharedRateLimit
        let b: SharedRateLimit

        func ask(
            _ process: SharedRateLimit, _ asked: Int, immediate: Int = 0, held: Int = 0, returned: Int = 0, spent: Int = 0
        ) async throws -> RateLimitAccount.Grant {
            try await process.ask(
                .init(asked: asked, immediate: immediate, held: held, returned: returned, spent: spent, time: 0), for: client, limit)
        }

        /// As if time had gone by: the burst is whole again, and every lease's place expired so many hours ago.
        func letTimePass(expired hours: Int?) async throws {
            let key = RedisArgument.text(a.key(of: client))
            let now = (try await redis.ask("TIME").array?.first?.text).flatMap(Int.init) ?? 0
            for field in try await redis.ask("HKEYS", key).array ?? [] {
                guard let name = field.text, let value = try await redis.ask("HGET", key, .text(name)).text else { continue }
                if name == "tat" {
                    try await redis.ask("HSET", key, "tat", .text("\((now - 86_400) * 1_000_000)"))
                } else if let hours, let units = value.split(separator: " ").first {
                    try await redis.ask("HSET", key, .text(name), .text("\(units) \((now - hours * 3_600) * 1_000_000)"))
                }
            }
        }
    }

    private static func withDesk(_ text: String, _ body: @escaping @Sendable (Desk) async throws -> Void) async throws {
        let redis = try await PrivateRedis.start()
        let limit = try #require(RateLimit(text))
        try await RedisClient.withClient(redis.configuration, logger: .silent) { (client) async throws in
            try await body(
                Desk(
                    limit: limit, redis: redis, a: SharedRateLimit(client, namespace: .standard),
                    b: SharedRateLimit(client, namespace: .standard)))
        }
    }

    @Test func `what is given back in time is there for everybody`() async throws {
        try await Self.withDesk("1/h burst 100") { (desk) async throws in
            #expect(try await desk.ask(desk.a, 5) == .init(granted: 5, remaining: 95, wait: 0))
            #expect(try await desk.ask(desk.a, 0, returned: 5).remaining == 100)
            #expect(try await desk.ask(desk.b, 100).granted == 100)
        }
    }

    @Test func `what is given back after its place expired was given to others already, and is not given twice`() async throws {
        try await Self.withDesk("1/h burst 100") { (desk) async throws in
            #expect(try await desk.ask(desk.a, 5).granted == 5)
            try await desk.letTimePass(expired: 6)
            #expect(try await desk.ask(desk.b, 100).granted == 100)
            #expect(try await desk.ask(desk.a, 10, returned: 5).granted == 0)
        }
    }

    @Test func `no more is given back than was held`() async throws {
        try await Self.withDesk("1/h burst 100") { (desk) async throws in
            #expect(try await desk.ask(desk.b, 50, immediate: 50).granted == 50)
            #expect(try await desk.ask(desk.a, 5).granted == 5)
            #expect(try await desk.ask(desk.a, 0, returned: 40).remaining == 50)
            #expect(try await desk.ask(desk.a, 0, returned: 40).remaining == 50)
        }
    }

    @Test func `a lease keeps its place while the burst refills, also when it was used up unasked`() async throws {
        try await Self.withDesk("1/h burst 100") { (desk) async throws in
            #expect(try await desk.ask(desk.a, 5).granted == 5)
            try await desk.letTimePass(expired: nil)
            // The five may have been made a moment ago.
            #expect(try await desk.ask(desk.a, 1, immediate: 1).granted == 1)
            #expect(try await desk.ask(desk.b, 100).granted == 94)
        }
    }

    @Test func `a lease counts as made when its place expires`() async throws {
        try await Self.withDesk("1/h burst 100") { (desk) async throws in
            #expect(try await desk.ask(desk.a, 5).granted == 5)
            #expect(try await desk.ask(desk.b, 5).granted == 5)
            // Two hours ago both together: eight are left of them.
            try await desk.letTimePass(expired: 2)
            #expect(try await desk.ask(desk.b, 100).granted == 92)
        }
    }

    @Test func `what a process made without asking is counted`() async throws {
        try await Self.withDesk("1/h burst 100") { (desk) async throws in
            #expect(try await desk.ask(desk.a, 1, immediate: 1, spent: 30) == .init(granted: 1, remaining: 69, wait: 0))
            #expect(try await desk.ask(desk.b, 100, spent: 69).granted == 0)
        }
    }

    @Test func `it is worth asking again for one request, or a little later`() async throws {
        try await Self.withDesk("1/h burst 100") { (desk) async throws in
            let grant = try await desk.ask(desk.a, 101, immediate: 1)
            #expect(grant.granted == 100)
            #expect((3_590_000_000...3_600_000_000).contains(grant.wait))
        }
        try await Self.withDesk("1000/s burst 2000") { (desk) async throws in
            #expect((0...25_000).contains(try await desk.ask(desk.a, 2100, immediate: 2001).wait))
        }
    }
}

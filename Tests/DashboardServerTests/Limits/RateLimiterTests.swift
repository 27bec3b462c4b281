import CacheServices
import Hiredis
import Logging
import RedisTesting
import ServiceLifecycle
import Synchronization
import TestTurns
import Testing

@testable import DashboardServer

@Suite(.takesTurns, .timeLimit(.minutes(1)))
struct RateLimiterTests {
    private static func limit(_ text: String) throws -> RateLimit { try #require(RateLimit(text)) }

    /// Asks as often as it can for a while: how many requests were allowed, and when it asked the last time.
    private static func press(_ port: Int, for time: Duration, connections: Int = 4) async throws -> (
        allowed: Int, last: ContinuousClock.Instant
    ) {
        let end = ContinuousClock.now + time
        return try await withThrowingTaskGroup { group in
            for _ in 0..<connections {
                group.addTask {
                    try await RawConnection.open(port: port) { (connection) async throws in
                        var (allowed, last) = (0, ContinuousClock.now)
                        while case let now = ContinuousClock.now, now < end {
                            try await connection.send("GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n")
                            guard let reply = try await connection.reply() else { break }
                            if reply.status == 404 { allowed += 1 } else { #expect(reply.status == 429) }
                            last = now
                        }
                        return (allowed, last)
                    }
                }
            }
            return try await group.reduce((0, .now - time)) { ($0.0 + $1.0, max($0.1, $1.1)) }
        }
    }

    @Test func `two servers share one limit: never above it, and at most one lease of each below`() async throws {
        let limit = try Self.limit("200/s burst 100")
        let configure: @Sendable (inout Settings) -> Void = { ($0.limits.rate, $0.limits.sparesLoopback) = (limit, false) }
        try await RunningService.with(configure) { (first) async throws in
            try await RunningService.with(redis: first.redis, configure) { (second) async throws in
                let begin = ContinuousClock.now
                async let one = Self.press(first.port, for: .milliseconds(1500))
                async let two = Self.press(second.port, for: .milliseconds(1500))
                let pressed = try await [one, two]
                let total = Double(pressed[0].allowed + pressed[1].allowed)
                let leases = Double(2 * RateLimitAccount.maximumLease(limit))
                // A Redis that does not answer in a quarter of a second, on a machine that does much else, leaves each to itself.
                let counters = (first.log.messages + second.log.messages).contains { $0.contains("cannot be asked") } ? 2.0 : 1
                #expect(total <= counters * (100 + 200 * (begin.duration(to: .now) / .seconds(1))))
                // What came until both had asked the last time, less what two leases hold back.
                let asked = begin.duration(to: min(pressed[0].last, pressed[1].last)) / .seconds(1)
                #expect(total >= 100 + 200 * asked - leases - 1)
                #expect(pressed.allSatisfy { $0.allowed > 0 })
            }
        }
    }

    /// At a rate at which nothing comes back while it runs.
    @Test func `an answer tells the truth`() async throws {
        let limit = try Self.limit("1/h burst 3")
        try await RunningService.with {
            ($0.limits.rate, $0.limits.sparesLoopback) = (limit, false)
        } _: { (service) async throws in
            for left in [2, 1, 0] {
                let reply = try await service.get("/api/cache/signals")
                #expect(reply.status == 200)
                #expect(reply["RateLimit-Policy"] == "\"client\";q=3;w=10800")
                #expect(reply["RateLimit"] == "\"client\";r=\(left);t=\((3 - left) * 3600)")
            }
            let refused = try await service.send("PUT", "/api/cache/metrics/custom/a", #"{"value": 1}"#)
            #expect(refused.status == 429)
            #expect(refused.code == "rate_limited")
            #expect(refused.json["outcome"] == "not_recorded")
            let seconds = try #require(refused["Retry-After"].flatMap { Int($0) })
            #expect((3500...3600).contains(seconds))
            #expect(refused["RateLimit"] == "\"client\";r=0;t=\(seconds)")
            // Who watches the service is never refused, and not counted.
            for probe in ["/livez", "/readyz"] {
                let reply = try await service.get(probe)
                #expect(reply.status == 200)
                #expect(reply["RateLimit"] == nil)
            }
        }
    }

    @Test func `after Retry-After there is room`() async throws {
        let limit = try Self.limit("30/m burst 1")
        try await RunningService.with {
            ($0.limits.rate, $0.limits.sparesLoopback) = (limit, false)
        } _: { (service) async throws in
            var reply = try await service.get("/api/cache/signals")
            // Also where two requests take longer than the rate needs for one.
            while reply.status == 200 { reply = try await service.get("/api/cache/signals") }
            #expect(reply.status == 429)
            let seconds = try #require(reply["Retry-After"].flatMap { Int($0) })
            #expect((1...2).contains(seconds))
            try await Task.sleep(for: .seconds(seconds))
            #expect(try await service.get("/api/cache/signals").status == 200)
        }
    }

    @Test func `a client is a key, wherever it calls from, and everybody without a right one is an address`() async throws {
        let limit = try Self.limit("1/h burst 2")
        let keys = try KeyRing(lines: AccessTests.keys)
        try await RunningService.with {
            ($0.limits.rate, $0.keys) = (limit, keys)
        } _: { (service) async throws in
            func status(_ key: String?) async throws -> Int {
                try await service.get("/api/cache/signals", headers: key.map { [("X-API-Key", $0)] } ?? []).status
            }
            #expect(
                try await [status("reader-key-0123456789"), status("reader-key-0123456789"), status("reader-key-0123456789")] == [
                    200, 200, 429,
                ])
            #expect(try await status("writer-key-0123456789") == 200)
            // Guesses are counted together with everything else from there.
            #expect(try await [status("wrong-key-0123456789"), status(nil), status("other-key-0123456789")] == [401, 401, 429])
            #expect(try await service.get("/nothing").status == 429)
        }
    }

    @Test(arguments: [("/livez-not", "evil.example", 403), ("/" + String(repeating: "a", count: 9000), "localhost", 414)])
    func `what is refused whoever asks is counted, too: a foreign host, and an address that is too long`(
        path: String, host: String, status: Int
    ) async throws {
        let limit = try Self.limit("1/h burst 2")
        try await RunningService.with {
            ($0.limits.rate, $0.limits.sparesLoopback) = (limit, false)
        } _: { (service) async throws in
            try await RawConnection.open(port: service.port) { (connection) async throws in
                for expected in [status, status, 429] {
                    try await connection.send("GET \(path) HTTP/1.1\r\nHost: \(host)\r\n\r\n")
                    #expect(try await connection.reply()?.status == expected)
                }
            }
        }
    }

    @Test func `without keys callers of this machine are not counted, unless they come through a proxy`()
        async throws
    {
        let limit = try Self.limit("1/h burst 1")
        try await RunningService.with {
            $0.limits.rate = limit
        } _: { (service) async throws in
            for _ in 0..<3 {
                let reply = try await service.get("/api/cache/signals")
                #expect(reply.status == 200)
                #expect(reply["RateLimit"] == nil)
            }
            let proxied = [("X-Forwarded-For", "192.0.2.1")]
            #expect(try await service.get("/api/cache/signals", headers: proxied).status == 401)
            #expect(try await service.get("/api/cache/signals", headers: proxied).status == 429)
        }
    }

    @Test func `while Redis is away every process keeps the limit by itself, and shares it again afterwards`() async throws {
        let limit = try Self.limit("50/s burst 20")
        try await RunningService.with {
            ($0.limits.rate, $0.limits.sparesLoopback) = (limit, false)
        } _: { (service) async throws in
            #expect(try await service.get("/api/cache/signals").status == 200)
            service.redis.kill()
            let begin = ContinuousClock.now
            let allowed = try await Self.press(service.port, for: .milliseconds(800)).allowed
            let seconds = begin.duration(to: .now) / .seconds(1)
            #expect(Double(allowed) <= 20 + 50 * seconds)
            // Up to a quarter of a second goes by until it is clear that Redis does not answer.
            #expect(Double(allowed) >= 20 + 50 * 0.5 - 2)
            #expect(service.log.records.filter { $0.message.contains("counted by this process alone") }.count == 1)
            try await service.redis.start()
            try await eventually {
                _ = try await service.get("/nothing")
                return service.log.records.contains { $0.message.contains("counted together") }
            }
            // Nobody waits long for a Redis that hangs, and the limit holds.
            service.redis.pause()
            defer { service.redis.resume() }
            let start = ContinuousClock.now
            for _ in 0..<30 { #expect([404, 429].contains(try await service.get("/nothing").status)) }
            #expect(start.duration(to: .now) < .seconds(2))
        }
    }

    @Test func `most requests ask Redis nothing, and a client asks once at a time`() async throws {
        try await RunningService.with {
            ($0.limits.sparesLoopback) = (false)
        } _: { (service) async throws in
            try await service.redis.ask("CONFIG", "RESETSTAT")
            for _ in 0..<300 { #expect(try await service.get("/nothing").status == 404) }
            // Every question is one HGETALL.
            let count = try #require(try await service.redis.commandCalls()["hgetall"])
            #expect((1..<30).contains(count))
            let keys = try await service.redis.ask("KEYS", "usdcop:ratelimit:*").array ?? []
            #expect(keys.count == 1)
            #expect((try await service.redis.ask("PTTL", .text(keys.first?.text ?? "")).integer ?? -1) > 0)
        }
    }

    /// A limiter that runs, as a process has it.
    private static func withLimiter(
        _ limit: RateLimit, on redis: PrivateRedis, logger: Logger = RecordedLog().logger,
        _ body: @escaping @Sendable (RateLimiter) async throws -> Void
    ) async throws {
        try await RedisClient.withClient(redis.configuration, logger: .silent) { (client) async throws in
            let limiter = RateLimiter(limit, shared: SharedRateLimit(client, namespace: .standard), logger: logger)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await limiter.run() }
                try await eventually { limiter.isRunning }
                try await body(limiter)
                group.cancelAll()
                try await group.waitForAll()
            }
        }
    }

    private static func allowed(_ limiter: RateLimiter, of count: Int) async -> Int {
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<count { group.addTask { await limiter.charge(.key("a")).isAllowed } }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
    }

    @Test func `a whole burst that comes at once is allowed, and nothing beyond it`() async throws {
        let redis = try await PrivateRedis.start()
        try await Self.withLimiter(try Self.limit("1/h burst 2000"), on: redis) { (limiter) async throws in
            #expect(await Self.allowed(limiter, of: 2500) == 2000)
        }
    }

    @Test func `what was counted alone while Redis hung is counted together afterwards`() async throws {
        let (redis, log) = (try await PrivateRedis.start(), RecordedLog())
        let limit = try Self.limit("1/h burst 60")
        try await Self.withLimiter(limit, on: redis, logger: log.logger) { (first) async throws in
            redis.pause()
            #expect(await Self.allowed(first, of: 50) == 50)
            redis.resume()
            try await eventually {
                _ = await first.charge(.key("b"))
                return log.records.contains { $0.message.contains("counted together") }
            }
            #expect(await first.charge(.key("a")).isAllowed)
            try await Self.withLimiter(limit, on: redis) { (second) async throws in #expect(await Self.allowed(second, of: 60) <= 9) }
        }
        // At its end nothing is said of Redis that is not so.
        #expect(log.records.filter { $0.message.contains("cannot be asked") }.count == 1)
    }

    @Test func `the number of clients that are remembered is bounded`() async throws {
        let limiter = RateLimiter(.standard, shared: nil, logger: RecordedLog().logger)
        for number in 0..<(RateLimiter.maximumClients + 500) { _ = await limiter.charge(.network("a\(number)")) }
        #expect(limiter.clientCount == RateLimiter.maximumClients)
        #expect(await limiter.charge(.network("a\(RateLimiter.maximumClients + 499)")).remaining == 1998)
    }

    @Test func `a foreign value under a client's key is left alone, and the limit of this process holds`() async throws {
        let limit = try Self.limit("1/h burst 2")
        try await RunningService.with {
            ($0.limits.rate, $0.limits.sparesLoopback) = (limit, false)
        } _: { (service) async throws in
            let key = KeySchema(.standard).full(KeySchema.rateLimit(CountedClient.network("127.0.0.1").hash))
            try await service.redis.ask("SET", .text(key), "mine")
            #expect(
                try await [service.get("/nothing").status, service.get("/nothing").status, service.get("/nothing").status] == [
                    404, 404, 429,
                ])
            #expect(!service.log.records.contains { $0.message.contains("cannot be asked") })
            // Once, with the name of the key.
            #expect(service.log.records.filter { $0.message.contains("something else") && "\($0)".contains(key) }.count == 1)
            #expect(try await service.redis.ask("GET", .text(key)).text == "mine")
        }
    }

    /// Fields that no process of ours has written.
    @Test(arguments: [
        ["tat", "nan"], ["tat", "inf"], ["tat", "-inf"], ["tat", "1e308"], ["tat", "mine"],
        ["other", "99999999999999999999 99999999999999999999"],
        ["other", "-1 -1"], ["other", ""],
    ])
    func `foreign fields under a client's key end nothing, and lift no limit for ever`(field: [String]) async throws {
        let limit = try Self.limit("1/h burst 2")
        try await RunningService.with {
            ($0.limits.rate, $0.limits.sparesLoopback) = (limit, false)
        } _: { (service) async throws in
            let key = KeySchema(.standard).full(KeySchema.rateLimit(CountedClient.network("127.0.0.1").hash))
            try await service.redis.ask("HSET", .text(key), .text(field[0]), .text(field[1]))
            var statuses: [Int] = []
            for _ in 0..<5 { statuses.append(try await service.get("/nothing").status) }
            #expect(statuses.filter { $0 == 404 }.count <= 2)
            #expect(statuses.last == 429)
            #expect(statuses.allSatisfy { [404, 429].contains($0) })
        }
    }
}

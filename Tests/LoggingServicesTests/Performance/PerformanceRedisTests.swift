import CacheServices
import Foundation
import Hiredis
import LoggingServices
import RedisTesting
import Testing

extension Live {
    /// What is under the keys, and what else may be there.
    @Suite(.timeLimit(.minutes(2))) struct PerformanceRedisTests {}
}

extension Live.PerformanceRedisTests {
    private static func withServer(
        limits: PerformanceLimits = PerformanceLimits(), _ body: @Sendable (PerformanceLogger, PrivateRedis) async throws -> Void
    ) async throws {
        let server = try await PrivateRedis.start()
        defer { server.stop() }
        try await withPerformance(on: server, limits: limits, clock: HandClock().clock) { try await body($0, server) }
    }

    @Test func `a person reads an entry with redis-cli`() async throws {
        var limits = PerformanceLimits()
        limits.operations = 1
        try await Self.withServer(limits: limits) { performance, server async throws in
            performance.logLatency("api call", durationMS: 12.5, success: false, metadata: ["b": 2, "a": "x"])
            performance.logLatency("api call", durationMS: 3)
            performance.logLatency("late", durationMS: 1)
            try await performance.flush()
            let entries = try await server.ask("XRANGE", "usdcop:performance:api call", "-", "+").array ?? []
            let fields = entries.map { $0.array?.last?.array?.map { $0.text ?? "" } ?? [] }
            let time = "2025-01-15T10:30:00.000Z"
            #expect(
                fields == [
                    ["duration_ms", "12.5", "timestamp", time, "success", "false", "metadata", #"{"a":"x","b":2}"#],
                    ["duration_ms", "3", "timestamp", time, "success", "true"],
                ])
            let other = try await server.ask("XRANGE", "usdcop:performance:_other", "-", "+").array?.first?.array?.last?.array
            #expect(other?.suffix(2).map(\.text) == ["operation", "late"])
            let index = try await server.ask("ZRANGE", "usdcop:index:operations", "0", "-1", "WITHSCORES").array ?? []
            #expect(index.map(\.text) == ["_other", "inf", "api call", "inf"])
            let names = try await server.ask("KEYS", "*").array?.compactMap(\.text) ?? []
            #expect(names.count == 4)
            let writer = try #require(names.first { $0.hasPrefix("usdcop:stats:performance:") })
            #expect(try await server.ask("GET", .text(writer)).text == "1")
            #expect((86_000...86_400).contains(try await server.ask("TTL", .text(writer)).integer ?? 0))
            #expect(try await server.ask("TTL", "usdcop:performance:api call").integer == -1)
        }
    }

    @Test func `what one process records another sees`() async throws {
        try await Self.withServer { one, server async throws in
            one.logLatency("a", durationMS: 10)
            try await one.flush()
            try await withPerformance(on: server) { two async throws in
                two.logLatency("a", durationMS: 30)
                #expect(try await two.getMetrics("a")?.avgMS == 20)
                #expect(try await one.getMetrics("a")?.count == 2)
                #expect(try await one.getMetrics().count == 1)
                two.logLatency("b", durationMS: 30)
                try await two.flush()
                #expect(try await one.getMetrics().count == 2)
                #expect(try await two.clearMetrics() == 2)
                #expect(try await one.getMetrics() == [])
                #expect(try await server.ask("ZCARD", "usdcop:index:operations").integer == 0)
            }
        }
    }

    @Test func `a read is one command for an operation, and one flight for all`() async throws {
        try await Self.withServer { performance, server async throws in
            for number in 0..<5 { performance.logLatency(try OperationName("op\(number)"), durationMS: 1) }
            _ = try await performance.getMetrics()
            let before = try await server.commandCalls()
            for _ in 0..<10 { _ = try await performance.getMetrics("op1") }
            for _ in 0..<10 { _ = try await performance.getSummary() }
            let after = try await server.commandCalls()
            func calls(_ name: String) -> Int { after[name, default: 0] - before[name, default: 0] }
            #expect(calls("xrange") == 10 + 50)
            #expect(calls("zrange") == 10)
            #expect(calls("evalsha") == 0 && calls("scan") == 0)
        }
    }

    @Test func `a hundred samples are one script with one trim for each stream`() async throws {
        try await Self.withServer { performance, server async throws in
            for number in 0..<1000 { performance.logLatency(number % 2 == 0 ? "a" : "b", durationMS: 1) }
            try await performance.flush()
            let calls = try await server.commandCalls()
            #expect(calls["evalsha", default: 0] + calls["eval", default: 0] <= 11)
            #expect(calls["xadd"] == 1000)
            #expect(calls["xtrim"] == nil)
        }
    }

    @Test func `foreign entries are read, damaged ones are passed by and their key is named`() async throws {
        try await Self.withServer { performance, server async throws in
            func add(_ fields: RedisArgument...) async throws {
                _ = try await server.ask("XADD", "usdcop:performance:a", ["*"] + fields)
            }
            try await add("success", "1", "duration_ms", "2e1", "venue", "SET-FX")
            try await add("duration_ms", "40", "success", "false", "timestamp", "yesterday", "metadata", "{not json")
            let good = try #require(try await performance.getMetrics("a"))
            #expect(good.count == 2 && good.avgMS == 30)
            let failed = try #require(try await performance.getFailedOperations(operation: "a").first)
            #expect(failed.metadata == nil)
            #expect(abs((failed.timestamp - .now) / .seconds(1)) < 60)
            for bad in ["nan", "inf", "0x10", "-1", "1e10", "", "1 ", "ten"] { try await add("duration_ms", .text(bad), "success", "true") }
            try await add("duration_ms", "5")
            try await add("success", "true")
            try await add("duration_ms", "5", "success", "maybe")
            let trace = CacheTrace()
            #expect(try await performance.getMetrics("a", noting: trace) == good)
            #expect(trace.unreadableKeys == ["performance:a"])
            #expect(try await server.ask("XLEN", "usdcop:performance:a").integer == 13)
        }
    }

    @Test func `a key of another type loses its own samples, counted, and nobody else's`() async throws {
        try await Self.withServer { performance, server async throws in
            try await server.ask("SET", "usdcop:performance:bad", "x")
            // A stream that takes no more.
            try await server.ask(
                "XADD", "usdcop:performance:full", "18446744073709551615-18446744073709551615", "duration_ms", "1", "success", "1")
            for _ in 0..<10 {
                for name: OperationName in ["bad", "good", "full"] { performance.logLatency(name, durationMS: 1) }
            }
            try await performance.flush()
            #expect(performance.status.dropped == 20 && performance.status.waiting == 0)
            #expect(try await performance.getMetrics("good")?.count == 10)
            #expect(try await server.ask("GET", "usdcop:performance:bad").text == "x")
            let error = await #expect(throws: CacheError.self) { try await performance.getMetrics("bad") }
            #expect(error?.code == .dataConflict && error?.key == "performance:bad")
            try await server.ask("ZADD", "usdcop:index:operations", "+inf", "bad")
            let trace = CacheTrace()
            #expect(try await performance.getMetrics(noting: trace).map(\.operation) == ["good"])
            #expect(trace.unreadableKeys == ["performance:bad"])
            #expect(try await performance.clearMetrics() == 1)
            #expect(try await server.ask("GET", "usdcop:performance:bad").text == "x")
        }
    }

    @Test func `while the index is no index nothing is written and everything waits`() async throws {
        try await Self.withServer { performance, server async throws in
            try await server.ask("SET", "usdcop:index:operations", "x")
            for _ in 0..<150 { performance.logLatency("a", durationMS: 1) }
            let error = await #expect(throws: CacheError.self) { try await performance.flush() }
            #expect(error?.code == .dataConflict)
            #expect(try await server.ask("DBSIZE").integer == 1)
            #expect(performance.status.waiting == 150 && performance.status.dropped == 0)
            try await server.ask("DEL", "usdcop:index:operations")
            try await performance.flush()
            #expect(try await performance.getMetrics("a")?.count == 150)
        }
    }

    @Test func `metadata that is too long gives way to its length`() async throws {
        try await Self.withServer { performance, _ async throws in
            performance.logLatency("a", durationMS: 200, metadata: ["text": .string(String(repeating: "x", count: 5000))])
            #expect(try await performance.getSlowOperations().first?.metadata == ["omitted_bytes": 5011])
        }
    }

    @Test func `the rights in the ready-made ACL file suffice`() async throws {
        let server = try await PrivateRedis.start()
        defer { server.stop() }
        try await withPerformance(on: server, configuration: server.configuration(as: .service)) { performance async throws in
            for number in 0..<1100 { performance.logLatency("a", durationMS: Double(number), success: false) }
            try await performance.flush()
            #expect(performance.status.dropped == 0)
            #expect(try await performance.getMetrics().map(\.count) == [1000])
            #expect(try await performance.getFailedOperations(limit: 1000).count == 1000)
            #expect(try await performance.clearMetrics() == 1)
        }
    }

    @Test func `the doctor knows the keys, and puts the index right`() async throws {
        try await Self.withServer { performance, server async throws in
            performance.logLatency("a", durationMS: 1)
            try await performance.flush()
            try await RedisClient.withClient(server.configuration, logger: .silent) { redis async throws in
                let cache = RedisCacheClient(redis)
                #expect(try await CacheInspection(cache).run().findings == [])
                try await server.ask("DEL", "usdcop:index:operations")
                try await server.ask("ZADD", "usdcop:index:operations", "+inf", "gone")
                try await server.ask("SET", "usdcop:performance:b", "x")
                try await server.ask("XADD", "usdcop:performance:a*", "*", "x", "y")
                let found = try await CacheInspection(cache).run().findings.map { "\($0.kind.rawValue) \($0.key)" }
                #expect(
                    found.sorted() == [
                        "dangling_index index:operations", "orphan performance:a*", "unindexed performance:a", "wrong_type performance:b",
                    ])
                let repaired = try await IndexReconciliation(cache).run()
                #expect(repaired.added == 1 && repaired.removed == 1)
                #expect(try await performance.getMetrics().map(\.operation) == ["a"])
                // The cache client leaves the family alone.
                #expect(try await cache.clear() == 0)
                #expect(try await performance.getMetrics("a")?.count == 1)
            }
        }
    }
}

extension PrivateRedis {
    fileprivate func ask(_ name: String, _ part: RedisArgument, _ arguments: [RedisArgument]) async throws -> RedisReply {
        let command = RedisCommand(name, [part] + arguments)
        return try await RedisClient.withClient(configuration, logger: .silent) { try await $0.send(command) }
    }
}

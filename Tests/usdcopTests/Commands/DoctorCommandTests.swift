import CacheServices
import Hiredis
import RedisTesting
import TestTurns
import Testing

@Suite("usdcop doctor", .takesTurns, .timeLimit(.minutes(2)))
struct DoctorCommandTests {
    @Test func `nothing is wrong with what the program itself wrote`() async throws {
        try await Program.withRedis { program, _ async throws in
            try await program.run("signal", "publish", "-", input: Samples.signal())
            try await program.run("position", "set", "-", input: Samples.position())
            try await program.run("metrics", "set", "-", input: Samples.metrics)
            try await program.run("metrics", "custom", "set", "x", "1")
            try await program.run("cache", "set", "desk:note", "mine")
            try await program.run("audit", "log", "SYSTEM_EVENT", "--idempotency-key", "k", input: #"{"event":"one"}"#)
            let run = try await program.run("doctor", "--json")
            #expect(run.status == 0, "\(run.output)")
            #expect(try run.json["problems"] == 0)
            #expect(try run.json["findings"]?.elements?.compactMap { $0["kind"]?.text } == ["unknown_name"])
            #expect(try await program.run("doctor").output.contains("nothing is wrong"))
        }
    }

    @Test func `every kind of damage is found, and repair puts the indexes right without touching values`() async throws {
        try await Program.withRedis { program, redis async throws in
            let signal = Samples.signal(time: "2025-01-15T10:30:00.000Z")
            try await redis.ask("SET", "usdcop:signal:latest", "rubbish")
            try await redis.ask("SET", "usdcop:signal:history:BAD", "a string", "EX", "60")
            try await redis.ask("LPUSH", "usdcop:signal:history:USDCOP", .text(signal), "rubbish")
            try await redis.ask("SET", "usdcop:position:active:EURCOP", .text(Samples.position()))
            try await redis.ask("SET", "usdcop:metrics:custom:x", "1", "EX", "60")
            try await redis.ask("SET", "usdcop:signal:unheard", "1")
            try await redis.ask("ZADD", "usdcop:index:positions", "+inf", "GONE")
            for _ in 0..<110 { try await redis.ask("RPUSH", "usdcop:signal:history:LONG", .text(signal)) }

            let run = try await program.run("doctor", "--json")
            #expect(run.status == 1)
            let found = Set((try run.json["findings"]?.elements ?? []).compactMap { "\($0["kind"]?.text ?? "") \($0["key"]?.text ?? "")" })
            let expected: Set<String> = [
                "missing_expiry signal:latest", "unreadable signal:latest", "wrong_type signal:history:BAD",
                "missing_expiry signal:history:USDCOP", "unreadable signal:history:USDCOP", "unindexed signal:history:USDCOP",
                "misplaced position:active:EURCOP", "unindexed position:active:EURCOP", "unindexed metrics:custom:x",
                "orphan signal:unheard", "dangling_index index:positions", "over_cap signal:history:LONG",
                "missing_expiry signal:history:LONG", "misplaced signal:history:LONG", "unindexed signal:history:LONG",
            ]
            #expect(found == expected)
            #expect(try await program.run("doctor").status == 1)

            let before = try await redis.ask("GET", "usdcop:signal:latest")
            let repaired = try await program.run("doctor", "--repair", "--json")
            #expect(repaired.status == 1)
            #expect(try repaired.json["repaired"] == ["added": 4, "removed": 1])
            let left = (try repaired.json["findings"]?.elements ?? []).compactMap { $0["kind"]?.text }
            #expect(!left.contains("unindexed") && !left.contains("dangling_index"))
            #expect(try await redis.ask("GET", "usdcop:signal:latest") == before)
            #expect(try await redis.commandCalls()["keys"] == nil)
        }
    }

    @Test func `settings that break a promise are found`() async throws {
        let redis = try await PrivateRedis.start("--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru")
        defer { redis.stop() }
        let run = try await Program(url: redis.url).run("doctor", "--json")
        #expect(run.status == 1)
        let codes = try run.json["server"]?["warnings"]?.elements?.compactMap { $0["code"]?.text }
        #expect(codes == ["no_append_only_file", "evicts"])
    }
}

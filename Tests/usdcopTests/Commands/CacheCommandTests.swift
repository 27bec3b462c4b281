import CacheServices
import Hiredis
import RedisTesting
import TestTurns
import Testing

@Suite("usdcop cache", .takesTurns, .timeLimit(.minutes(2)))
struct CacheCommandTests {
    @Test func `keys are stored with the configured lifetime, listed, read and removed`() async throws {
        try await Program.withRedis { program, redis async throws in
            #expect(try await program.run("cache", "set", "desk:note", "hola", environment: ["USDCOP_CACHE_TTL": "1h"]).status == 0)
            #expect(try #require(try await redis.ask("TTL", "usdcop:desk:note").integer) > 3500)
            #expect(try await program.run("cache", "set", "desk:mode", "live", "--ttl", "never").status == 0)
            #expect(try await program.run("cache", "ttl", "desk:mode", "--json").json["state"] == "never")
            #expect(try await program.run("cache", "ttl", "desk:note", "--json").json["state"] == "expires")
            #expect(try await program.run("cache", "ttl", "desk:none", "--json").status == 1)
            #expect(try await program.run("cache", "get", "desk:note").output == "hola\n")
            #expect(try await program.run("cache", "get", "desk:note", "--json").json["value"] == "hola")
            #expect(try await program.run("cache", "get", "desk:none").status == 1)
            #expect(try await program.run("cache", "keys").output == "desk:mode\ndesk:note\n")
            #expect(try await program.run("cache", "keys", "desk:n*", "--json").json["keys"] == ["desk:note"])
            let stats = try await program.run("cache", "stats", "--json")
            #expect(try stats.json["hits"] == 2 && stats.json["misses"] == 1)
            #expect(try await program.run("cache", "stats").output.contains("66.7%"))
            #expect(try await program.run("cache", "delete", "desk:note").status == 0)
            #expect(try await program.run("cache", "delete", "desk:note").status == 1)
        }
    }

    @Test func `clearing asks, and leaves the reserved families`() async throws {
        try await Program.withRedis { program, redis async throws in
            try await program.run("signal", "publish", "-", input: Samples.signal())
            try await redis.ask("XADD", "usdcop:audit:events", "*", "a", "b")
            try await redis.ask("SET", "other:key", "x")
            #expect(try await program.run("cache", "clear").status == 64)
            #expect(try await program.run("cache", "clear", "--yes", "--json").json["cleared"] == 2)
            #expect(try await redis.ask("EXISTS", "usdcop:audit:events", "other:key").integer == 2)
            #expect(try await redis.ask("ZCARD", "usdcop:index:signals").integer == 0)
            #expect(try await program.run("cache", "keys").output.isEmpty)
        }
    }

    @Test(arguments: [
        ["cache", "set", "audit:x", "y"], ["cache", "get", "index:signals"], ["cache", "get", ""], ["cache", "delete", "events"],
        ["cache", "set", "a", "b", "--ttl", "5"], ["cache", "set", "a", "b", "--ttl", "0s"],
    ])
    func `reserved keys and bad lifetimes are refused`(arguments: [String]) async throws {
        try await Program.withRedis { program, redis async throws in
            #expect(try await program.start(arguments).end().status == 64)
            #expect(try await redis.ask("DBSIZE").integer == 0)
        }
    }

    @Test func `a namespace of one's own is apart`() async throws {
        try await Program.withRedis { program, redis async throws in
            try await program.run("cache", "set", "a", "b", "--namespace", "{desk}")
            #expect(try await redis.ask("EXISTS", "{desk}:a").integer == 1)
            #expect(try await program.run("cache", "get", "a").status == 1)
        }
    }
}

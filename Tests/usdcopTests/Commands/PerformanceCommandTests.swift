import CacheServices
import Hiredis
import LoggingServices
import RedisTesting
import TestTurns
import Testing

@Suite("usdcop performance", .takesTurns, .timeLimit(.minutes(2)))
struct PerformanceCommandTests {
    /// Ten samples of one operation, one of them failed, and a slow one of another.
    private static func record(_ redis: PrivateRedis) async throws {
        try await RedisClient.withClient(redis.configuration, logger: .silent) { client in
            let performance = PerformanceLogger(.redis(client), logger: .silent)
            for number in 1...10 {
                performance.logLatency(
                    "process_signal", durationMS: Double(number) * 20, success: number != 3, metadata: ["n": .integer(number)])
            }
            performance.logLatency("api call", durationMS: 1234.5)
            try await performance.flush()
        }
    }

    @Test func `figures are shown and cleared`() async throws {
        try await Program.withRedis { program, redis async throws in
            try await Self.record(redis)
            let all = try await program.run("performance", "metrics", "--json")
            #expect(all.status == 0)
            #expect(try all.json["metrics"]?.elements?.map { $0["operation"] } == ["api call", "process_signal"])
            let table = try await program.run("performance", "metrics")
            #expect(table.lines.count == 3 && table.output.contains("1,234.50") && table.output.contains("90.0%"))
            let one = try await program.run("performance", "metrics", "process_signal", "--json")
            #expect(try one.json["metrics"]?["p95_ms"] == 200)
            #expect(try await program.run("performance", "metrics", "api call").output.contains("1,234.50 ms"))
            let summary = try await program.run("performance", "summary", "--json")
            #expect(try summary.json["summary"]?["total_entries"] == 11)
            #expect(try summary.json["summary"]?["operations_over_100ms"] == 6)
            #expect(try await program.run("performance", "summary").output.contains("over 1,000 ms"))
            #expect(try await program.run("doctor").status == 0)
            #expect(try await program.run("performance", "clear").output == "removed the samples of 2 operations\n")
            #expect(try await redis.ask("EXISTS", "usdcop:performance:api call", "usdcop:index:operations").integer == 0)
        }
    }

    @Test func `slow and failed ones are listed`() async throws {
        try await Program.withRedis { program, redis async throws in
            try await Self.record(redis)
            let slow = try await program.run("performance", "slow", "--threshold-ms", "150.5", "--limit", "2", "--json")
            #expect(try slow.json["operations"]?.elements?.map { $0["duration_ms"] } == [1234.5, 200])
            let table = try await program.run("performance", "slow", "--operation", "process_signal")
            #expect(table.lines.count == 6 && table.output.contains(#"{"n":10}"#))
            let failed = try await program.run("performance", "failed")
            #expect(failed.lines.count == 2 && failed.output.contains("failed"))
            #expect(try await program.run("performance", "failed", "--json").json["count"] == 1)
        }
    }

    @Test(arguments: ["slow", "failed"])
    func `nothing slow and nothing failed is good news`(list: String) async throws {
        try await Program.withRedis { program, _ async throws in
            let plain = try await program.run("performance", list)
            #expect(plain.status == 0 && plain.output.hasPrefix("nothing "))
            #expect(try await program.run("performance", list, "--json").json["count"] == 0)
        }
    }

    @Test(arguments: [["metrics"], ["metrics", "none"], ["summary"]])
    func `nothing there ends with 1`(arguments: [String]) async throws {
        try await Program.withRedis { program, _ async throws in
            let plain = try await program.start(["performance"] + arguments).end()
            #expect(plain.status == 1 && plain.output.isEmpty && plain.errors.hasPrefix("usdcop: "))
            let json = try await program.start(["performance"] + arguments + ["--json"]).end()
            #expect(json.status == 1)
            #expect(throws: Never.self) { try json.json }
        }
    }

    @Test(arguments: [
        ["metrics", "a*"], ["slow", "--limit", "0"], ["failed", "--limit", "1001"], ["slow", "--threshold-ms", "nan"],
        ["slow", "--threshold-ms=-1"], ["slow", "--operation", ""], ["clear", "a"], ["summary", "--operation", "a"],
    ])
    func `wrong arguments are a usage error`(arguments: [String]) async throws {
        let program = Program(url: "redis://127.0.0.1:1/0")
        #expect(try await program.start(["performance"] + arguments).end().status == 64)
    }

    @Test func `damage is named on the way, and Redis away ends with 69`() async throws {
        try await Program.withRedis { program, redis async throws in
            try await Self.record(redis)
            try await redis.ask("XADD", "usdcop:performance:api call", "*", "duration_ms", "soon", "success", "true")
            let run = try await program.run("performance", "metrics", "api call", "--json")
            #expect(run.status == 0 && run.errors.contains("performance:api call"))
            #expect(try run.json["metrics"]?["count"] == 1)
            try await redis.ask("SET", "usdcop:performance:bad", "x")
            #expect(try await program.run("performance", "metrics", "bad").status == 65)
            redis.kill()
            #expect(try await program.run("performance", "metrics").status == 69)
        }
    }
}

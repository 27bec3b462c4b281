import CacheServices
import Foundation
import Hiredis
import RedisTesting
import TestTurns
import Testing

@Suite("usdcop latency", .takesTurns, .timeLimit(.minutes(2)))
struct LatencyCommandTests {
    private static func lines(_ count: Int, service: String = "api") -> String {
        (1...count).map { #"{"service": "\#(service)", "operation": "trade", "latency_ms": \#($0), "success": \#($0 % 10 != 0)}"# + "\n" }
            .joined()
    }

    @Test func `samples are recorded, shown and cleared`() async throws {
        try await Program.withRedis { program, redis async throws in
            let one = try await program.run("latency", "record", "ml:v2", "infer", "1234.5", "--failed", "--metadata", #"{"n":1}"#)
            #expect(one.status == 0 && one.output == "recorded 1 sample\n")
            let many = try await program.run("latency", "record", "--file", "-", "--json", input: Self.lines(20))
            #expect(try many.status == 0 && many.json == ["recorded": 20])
            // A process that ended in order leaves nothing but samples.
            #expect(try await redis.ask("KEYS", "usdcop:stats:latency:*").array?.count == 0)

            let stats = try await program.run("latency", "stats", "api", "--json")
            let row = try stats.json["stats"]?.elements?.first
            #expect(row?["p95_ms"] == 19 && row?["avg_ms"] == 10.5 && row?["success_rate"] == 0.9)
            let table = try await program.run("latency", "stats")
            #expect(table.lines.count == 4 && table.output.contains("1,234.50") && table.output.contains("samples from 20"))
            #expect(try await program.run("latency", "stats", "--operation", "infer").lines.count == 3)
            let recent = try await program.run("latency", "recent", "--limit", "2", "--json")
            #expect(try recent.json["measurements"]?.elements?.map { $0["latency_ms"] } == [20, 19])
            let failed = try await program.run("latency", "recent", "--service", "ml:v2")
            #expect(failed.output.contains("failed") && failed.output.contains(#"{"n":1}"#))
            #expect(try await program.run("latency", "high", "--limit", "1").output.contains("ml:v2"))
            let trend = try await program.run("latency", "trend", "--minutes", "2", "--interval", "120", "--json")
            #expect(try trend.json["trend"]?.elements?.compactMap { $0["count"]?.double }.reduce(0, +) == 21)
            #expect(try await program.run("latency", "trend", "--service", "api").output.hasPrefix("FROM"))
            let endToEnd = try await program.run("latency", "end-to-end", "--json")
            #expect(try endToEnd.json["latency"]?["count"] == 21)
            #expect(try await program.run("latency", "end-to-end").output.contains("1,234.50 ms"))
            #expect(try await program.run("doctor").status == 0)

            #expect(try await program.run("latency", "clear", "api").output == "removed 20 samples\n")
            #expect(try await program.run("latency", "clear", "--all", "--json").json == ["cleared": 1])
            #expect(try await program.run("latency", "stats").status == 1)
        }
    }

    @Test func `processes that write at once lose nothing, and the cap is the setting`() async throws {
        try await Program.withRedis { program, redis async throws in
            let environment = ["USDCOP_LATENCY_MAX_SAMPLES": "7500"]
            let runs = try (0..<3).map { number in
                try program.start(
                    ["latency", "record", "--file", "-"], input: Self.lines(3000, service: "writer:\(number)"), environment: environment)
            }
            for run in runs { #expect(try await run.end().output == "recorded 3,000 samples\n") }
            #expect(try await redis.ask("XLEN", "usdcop:latency:measurements").integer == 7500)
            let flag = try await program.run("latency", "record", "a", "b", "1", "--latency-max-samples", "10")
            #expect(flag.status == 0)
            #expect(try await redis.ask("XLEN", "usdcop:latency:measurements").integer == 10)
        }
    }

    @Test func `bad lines are named and passed by`() async throws {
        try await Program.withRedis { program, _ async throws in
            let input = #"{"service": "a", "operation": "b", "latency_ms": 1}"# + "\nnot json\n" + #"{"service": "a", "latency_ms": -1}"#
            let run = try await program.run("latency", "record", "--file", "-", input: input)
            #expect(run.status == 65 && run.output == "recorded 1 sample\n")
            #expect(run.errors.contains("line 2:") && run.errors.contains("line 3:") && run.errors.contains("latency_ms"))
            #expect(try await program.run("latency", "record", "--file", "/nonexistent").status == 74)
        }
    }

    @Test(arguments: [["stats"], ["stats", "none"], ["trend"], ["recent"], ["high"], ["end-to-end"]])
    func `nothing there ends with 1`(arguments: [String]) async throws {
        try await Program.withRedis { program, _ async throws in
            let plain = try await program.start(["latency"] + arguments).end()
            #expect(plain.status == 1 && plain.output.isEmpty && plain.errors.hasPrefix("usdcop: "))
            let json = try await program.start(["latency"] + arguments + ["--json"]).end()
            #expect(json.status == 1)
            #expect(throws: Never.self) { try json.json }
        }
    }

    @Test(arguments: [
        ["stats", "a*"], ["recent", "--limit", "0"], ["high", "--limit", "1001"], ["trend", "--minutes", "0"],
        ["trend", "--minutes", "1", "--interval", "61"], ["end-to-end", "--minutes", "43201"], ["clear"], ["clear", "a", "--all"],
        ["record"], ["record", "a", "b"], ["record", "a", "b", "nan"], ["record", "a", "b", "--", "-1"],
        ["record", "a", "b", "1", "--metadata", "[]"],
        ["record", "a", "b", "1", "--file", "-"], ["record", "caf\u{e9}", "b", "1"],
    ])
    func `wrong arguments are a usage error`(arguments: [String]) async throws {
        let program = Program(url: "redis://127.0.0.1:1/0")
        #expect(try await program.start(["latency"] + arguments).end().status == 64)
    }

    @Test func `Redis away ends with 69, and a cap that is none with 78`() async throws {
        let program = Program(url: "redis://127.0.0.1:1/0")
        #expect(try await program.run("latency", "record", "a", "b", "1").status == 69)
        #expect(try await program.run("latency", "stats").status == 69)
        #expect(try await program.run("latency", "stats", environment: ["USDCOP_LATENCY_MAX_SAMPLES": "0"]).status == 78)
    }
}

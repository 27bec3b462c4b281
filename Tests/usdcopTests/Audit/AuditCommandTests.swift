import CacheServices
import Foundation
import Hiredis
import LoggingServices
import RedisTesting
import TestTurns
import Testing

@Suite("usdcop audit", .takesTurns, .timeLimit(.minutes(2)))
struct AuditCommandTests {
    static func events(_ numbers: Range<Int>, _ name: String = "event") -> String {
        numbers.map { "{\"event\":\"\(name) \($0)\"}\n" }.joined()
    }

    @Test func `one event gives a receipt, and is found by what is said of it`() async throws {
        try await Program.withRedis { program, redis async throws in
            let alert = #"{"type":"MAX_DRAWDOWN","severity":"high","message":"too deep","symbol":"EURCOP"}"#
            let logged = try await program.run(
                "audit", "log", "RISK_ALERT", "-", "--user", "ana", "--metadata", #"{"desk":"one"}"#, "--json", input: alert)
            #expect(logged.status == 0, "\(logged.errors)")
            let receipt = try logged.json
            #expect(receipt.members?.map(\.name).sorted() == ["audit_id", "durability", "sequence", "stream_id", "writer"])
            #expect(receipt["durability"] == "aof-everysec" && receipt["sequence"] == 1)
            try await program.run("audit", "log", "SYSTEM_EVENT", input: Self.events(0..<3))

            let page = try await program.run("audit", "trail", "--event-type", "RISK_ALERT", "--user", "ana", "--json").json
            #expect(page["count"] == 1 && page["next_cursor"] == .null)
            let entry = try #require(page["entries"]?.elements?.first)
            #expect(entry["audit_id"] == receipt["audit_id"] && entry["stream_id"] == receipt["stream_id"])
            #expect(entry["symbol"] == "EURCOP" && entry["metadata"]?["desk"] == "one")
            for filter in [["--symbol", "USDCOP"], ["--user", "bob"], ["--end", "2025-01-01T00:00:00Z"]] {
                let none = try await program.start(["audit", "trail", "--json"] + filter).end()
                #expect(try none.json["count"] == 0)
            }
            let table = try await program.run("audit", "trail", "--limit", "1")
            #expect(table.output.contains("SYSTEM_EVENT") && table.errors.contains("more: --cursor"))
            let stats = try await program.run("audit", "stats", "--json").json
            #expect(stats["total_events"] == 4 && stats["events_by_type"]?["RISK_ALERT"] == 1 && stats["recent_events"] == 4)
            #expect(try await program.run("audit", "stats").output.contains("RISK_ALERT"))
            #expect(try await redis.ask("HLEN", "usdcop:audit:writers").integer == 0)
        }
    }

    @Test func `many events go in their order, and pages lead through all of them`() async throws {
        try await Program.withRedis { program, _ async throws in
            let run = try await program.run("audit", "log", "SYSTEM_EVENT", "--json", input: Self.events(0..<250))
            #expect(run.status == 0)
            let sequences = try run.lines.map { try JSONParser.parse(Array($0.utf8))["sequence"]?.double }
            #expect(sequences == (1...250).map(Double.init))
            var (actions, cursor): ([String], String?) = ([], nil)
            repeat {
                let arguments = ["audit", "trail", "--limit", "100", "--json"] + (cursor.map { ["--cursor", $0] } ?? [])
                let page = try await program.start(arguments).end().json
                actions += page["entries"]?.elements?.compactMap { $0["action"]?.text } ?? []
                cursor = page["next_cursor"]?.text
            } while cursor != nil && actions.count < 1000
            #expect(actions == (0..<250).reversed().map { "event \($0)" })
        }
    }

    @Test func `bad lines are named and passed by, and nothing else is lost`() async throws {
        try await Program.withRedis { program, _ async throws in
            // One entry would be larger than the trail takes; one object goes over lines.
            let large = "{\"event\":\"c\",\"more\":\"\(String(repeating: "x", count: 20_000))\"}"
            let text = "{\"event\":\"a\"}\nnonsense\n{\"event\":7}\n\(large)\n{\n\"event\":\n\"b\"}\n"
            let run = try await program.run("audit", "log", "SYSTEM_EVENT", "--json", input: text)
            #expect(run.status == 65)
            #expect(run.lines.count == 2)
            for line in [2, 3, 4] { #expect(run.errors.contains("line \(line):"), "\(run.errors)") }
            let page = try await program.run("audit", "trail", "--json").json
            #expect(page["entries"]?.elements?.compactMap { $0["action"]?.text } == ["b", "a"])
        }
    }

    @Test func `a repeat with the same key is recognised, another request refused`() async throws {
        try await Program.withRedis { program, redis async throws in
            func log(_ input: String) async throws -> Program.Run {
                try await program.run("audit", "log", "SYSTEM_EVENT", "--json", "--idempotency-key", "k1", input: input)
            }
            let first = try await log(#"{"event":"once"}"#)
            let second = try await log(#"{"event":"once"}"#)
            #expect(first.status == 0 && second.status == 0, "\(second.errors)")
            #expect(try first.json["stream_id"] == second.json["stream_id"] && first.json["audit_id"] == second.json["audit_id"])
            #expect(try second.json["repeat"] == true)
            #expect(try await log(#"{"event":"other"}"#).status == 65)
            #expect(try await log(Self.events(0..<2)).status == 65)
            #expect(try await redis.ask("XLEN", "usdcop:audit:events").integer == 1)
        }
    }

    @Test func `wrong credentials are 77`() async throws {
        let redis = try await PrivateRedis.start("--requirepass", "right")
        defer { redis.stop() }
        for command in [["audit", "trail"], ["audit", "log", "SYSTEM_EVENT"], ["audit", "verify"]] {
            #expect(try await Program(url: redis.url).start(command, input: #"{"event":"x"}"#).end().status == 77)
        }
    }

    @Test func `a signal goes with its event, once`() async throws {
        try await Program.withRedis { program, redis async throws in
            let run = try await program.run("signal", "publish", "-", "--audit", "--json", input: Samples.signal())
            #expect(run.status == 0, "\(run.errors)")
            #expect(try run.json["results"]?.elements?.first?["audit"]?["sequence"] == 1)
            let again = try await program.run("signal", "publish", "-", "--audit", "--json", input: Samples.signal()).json
            #expect(again["results"]?.elements?.first?["history"] == "duplicate" && again["results"]?.elements?.first?["audit"] == .null)
            #expect(try await redis.ask("XLEN", "usdcop:audit:events").integer == 1)
            #expect(try await program.run("signal", "latest").status == 0)
        }
    }

    @Test func `an export appears whole or not at all, and replaces nothing unsaid`() async throws {
        try await Program.withRedis { program, _ async throws in
            try await program.run("audit", "log", "SYSTEM_EVENT", input: Self.events(0..<5))
            let scratch = try ScratchDirectory()
            let file = scratch.url.appendingPathComponent("t.csv").path
            let run = try await program.run("audit", "export", "--out", file, "--json")
            #expect(run.status == 0, "\(run.errors)")
            #expect(try run.json["exported"] == 5 && run.json["format"] == "csv")
            let text = try String(contentsOfFile: file, encoding: .utf8)
            #expect(text.split(whereSeparator: \.isNewline).count == 6)
            #expect(try await program.run("audit", "export", "--format", "csv").output == text)
            #expect(try await program.run("audit", "export", "--format", "ndjson", "--out", file).status == 73)
            #expect(try String(contentsOfFile: file, encoding: .utf8) == text)
            #expect(try await program.run("audit", "export", "--format", "ndjson", "--limit", "2", "--out", file, "--force").status == 0)
            #expect(try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").count == 2)
            #expect(try await program.run("audit", "export", "--out", "/nonexistent/t.json").status == 73)
            #expect(try await program.run("audit", "export", "--out", "/dev/null", "--force").status == 73)
            #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.url.path) == ["t.csv"])
            #expect(!FileManager.default.fileExists(atPath: "/tmp/usdcop-never.csv"))
        }
    }

    @Test func `a terminal shows kinds of events in colour`() async throws {
        try await Program.withRedis { program, _ async throws in
            try await program.run("audit", "log", "SYSTEM_EVENT", input: Self.events(0..<1))
            let text = try await Terminal.output(of: ["audit", "trail"], environment: ["REDIS_URL": program.url, "TERM": "xterm"])
            #expect(text.contains("\u{1B}[33mSYSTEM_EVENT\u{1B}[0m"))
        }
    }
}

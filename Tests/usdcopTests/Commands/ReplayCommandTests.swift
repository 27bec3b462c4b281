import CacheServices
import Foundation
import Hiredis
import RedisTesting
import TestTurns
import Testing

@Suite("usdcop replay", .takesTurns, .timeLimit(.minutes(3)))
struct ReplayCommandTests {
    /// A file in the shape of the official rate: newest first, quoted, day first.
    private static func history(days: Int, adding lines: [String] = []) -> String {
        let first = Timestamp(milliseconds: 1_735_707_600_000)
        let rows = (0..<days).reversed().map { day in
            let date = (first + .seconds(day * 86_400)).iso8601.prefix(10).split(separator: "-").reversed().joined(separator: "/")
            let price = 4000 + 150 * sin(Double(day) / 9) + Double(day % 7)
            return "\"$4,\(String(format: "%06.2f", price - 4000 + 200))\",\"COP\",\"\(date)\",\"\(date)\""
        }
        return (["\"VALOR\",\"UNIDAD\",\"VIGENCIADESDE\",\"VIGENCIAHASTA\""] + rows + lines).joined(separator: "\r\n")
    }

    @Test func `a history becomes signals, positions and metrics, and a second time nothing new`() async throws {
        try await Program.withRedis { program, redis async throws in
            let scratch = try ScratchDirectory()
            let file = try scratch.file(
                "trm.csv",
                Self.history(days: 150, adding: ["\"$x\",\"COP\",\"01/01/2025\",\"\"", "\"$4,000.00\",\"COP\",\"31/02/2025\",\"\""]))
            let run = try await program.run("replay", file, "--json")
            #expect(run.status == 0, "\(run.errors)")
            let summary = try run.json
            #expect(summary["rows"] == 152 && summary["bad_rows"] == 2 && summary["published"] == 150 && summary["older"] == 0)
            #expect(summary["bad_row_list"]?.elements?.compactMap { $0["line"] } == [152, 153])
            #expect(run.errors.contains("line 152") && run.errors.contains("line 153"))
            #expect(try #require(summary["positions_opened"]?.double) > 0)

            try await expectAgreement(program, redis, summary)
            let events = try #require(summary["audit_events"]?.double)
            #expect(try await redis.ask("XLEN", "usdcop:audit:events").integer == Int64(events))
            let counts = try await program.run("audit", "stats", "--json").json["events_by_type"]
            #expect(counts?["SIGNAL_GENERATED"] == 150 && counts?["POSITION_OPENED"] == summary["positions_opened"])
            #expect(counts?["POSITION_CLOSED"] == summary["positions_closed"])
            #expect(counts?["SIGNAL_EXECUTED"] == summary["positions_opened"])
            #expect(try await program.run("audit", "verify").status == 0)
            let again = try await program.run("replay", file, "--json").json
            #expect(again["older"] == 149 && again["duplicates"] == 0)
            let plain = try await program.run("replay", file, "--symbol", "EURCOP")
            #expect(plain.status == 0)
            #expect(plain.output.contains("published") && plain.output.contains("EURCOP"))
            #expect(try await program.run("doctor").status == 0)
        }
    }

    /// What the command line shows is what redis-cli shows.
    private func expectAgreement(_ program: Program, _ redis: PrivateRedis, _ summary: JSONValue) async throws {
        let latest = try await redis.ask("GET", "usdcop:signal:latest").text ?? ""
        #expect(try await program.run("signal", "latest", "--json").output == "{\"signal\":\(latest)}\n")
        #expect(try JSONParser.parse(Array(latest.utf8)) == summary["last_signal"])
        #expect(try await redis.ask("LLEN", "usdcop:signal:history:USDCOP").integer == 100)
        let history = try await program.run("signal", "history", "USDCOP", "--limit", "100", "--json").json["signals"]?.elements ?? []
        #expect(history.count == 100)
        #expect(history.first == summary["last_signal"])
        let times = history.compactMap { $0["timestamp"]?.text }
        #expect(times == times.sorted().reversed())
        let metrics = try await redis.ask("GET", "usdcop:metrics:financial").bytes ?? []
        #expect(try JSONParser.parse(metrics) == summary["metrics"])
        #expect(try await program.run("metrics", "show", "--json").json["metrics"] == summary["metrics"])
        let position = try await redis.ask("GET", "usdcop:position:active:USDCOP").bytes.map { try JSONParser.parse($0) }
        #expect(try await program.run("position", "get", "USDCOP", "--json").json["position"] == position ?? .null)
        for key in ["signal:latest", "signal:history:USDCOP", "metrics:financial"] {
            #expect(try #require(try await redis.ask("TTL", .text("usdcop:" + key)).integer) > 0)
        }
    }

    @Test func `columns can be named, and standard input read`() async throws {
        try await Program.withRedis { program, _ async throws in
            let text = "fecha;x,cierre,dia\n,4000,2025-01-01\n,4010,2025-01-02\n"
            let run = try await program.run("replay", "-", "--price-column", "cierre", "--time-column", "dia", "--json", input: text)
            #expect(try run.json["published"] == 2)
        }
    }

    @Test(arguments: ["", "a,b\n1,2\n", "date,close\n", "date,close\nx,y\n", "\u{0}\u{1}\u{2}"])
    func `a file without prices is bad data and writes nothing`(text: String) async throws {
        try await Program.withRedis { program, redis async throws in
            #expect(try await program.run("replay", "-", input: text).status == 65)
            #expect(try await redis.ask("DBSIZE").integer == 0)
        }
    }

    @Test func `a file that is not there is an error of input`() async throws {
        let program = Program(url: "redis://127.0.0.1:1")
        #expect(try await program.run("replay", "/nonexistent.csv").status == 74)
        #expect(try await program.run("replay", "/tmp").status == 74)
    }

    @Test func `without audit the trail is left alone`() async throws {
        try await Program.withRedis { program, redis async throws in
            let run = try await program.run("replay", "-", "--no-audit", "--json", input: "date,close\n2025-01-01,4000\n")
            #expect(run.status == 0)
            #expect(try run.json["audit_events"] == .null)
            #expect(try await redis.ask("EXISTS", "usdcop:audit:events").integer == 0)
        }
    }

    @Test func `rows ahead of the clock are left out`() async throws {
        try await Program.withRedis { program, _ async throws in
            let run = try await program.run("replay", "-", "--json", input: "date,close\n2025-01-01,4000\n2099-01-01,4100\n")
            #expect(run.status == 0)
            #expect(try run.json["published"] == 1 && run.json["future_rows"] == 1)
        }
    }

    @Test func `Ctrl-C ends it with what was done so far`() async throws {
        try await Program.withRedis { program, redis async throws in
            let scratch = try ScratchDirectory()
            let file = try scratch.file("trm.csv", Self.history(days: 50))
            let replay = try program.start(["replay", file, "--speed", "1", "--json"])
            for _ in 0..<2000 {
                if try await redis.ask("EXISTS", "usdcop:metrics:financial").integer == 1 { break }
                try await Task.sleep(for: .milliseconds(5))
            }
            replay.signal(SIGINT)
            let run = try await replay.end()
            #expect(run.status == 130)
            #expect(try run.json["interrupted"] == true)
            #expect(try #require(try run.json["published"]?.double) < 50)
        }
    }

    /// 8,098 rows of 1991 to 2025 as the source publishes them, where they lie at hand.
    private static let realFile: String? = {
        let environment = ProcessInfo.processInfo.environment["USDCOP_REAL_DATA"]
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../..").standardized
        let beside = package.appendingPathComponent("../shared/data/trm_oficial_1991_2025.csv").standardized.path
        return [environment, beside].compactMap(\.self).first { FileManager.default.isReadableFile(atPath: $0) }
    }()

    @Test(.enabled(if: realFile != nil)) func `the whole official history goes through`() async throws {
        try await Program.withRedis { program, redis async throws in
            let run = try await program.run("replay", try #require(Self.realFile), "--json")
            #expect(run.status == 0, "\(run.errors)")
            let summary = try run.json
            #expect(summary["rows"] == 8098 && summary["published"] == 8098 && summary["bad_rows"] == 0)
            try await expectAgreement(program, redis, summary)
        }
    }
}

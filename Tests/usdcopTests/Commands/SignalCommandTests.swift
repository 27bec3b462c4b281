import CacheServices
import Foundation
import Hiredis
import RedisTesting
import TestTurns
import Testing

@Suite("usdcop signal", .takesTurns, .timeLimit(.minutes(2)))
struct SignalCommandTests {
    @Test func `what is published is read back, plain and as JSON`() async throws {
        try await Program.withRedis { program, redis async throws in
            let published = try await program.run("signal", "publish", "-", "--json", input: Samples.signal())
            #expect(published.status == 0)
            #expect(try published.json["published"] == 1)
            let repeated = try await program.run("signal", "publish", "-", "--json", input: Samples.signal())
            #expect(try repeated.json["results"]?.elements?.first?["history"] == "duplicate")

            let stored = try await redis.ask("GET", "usdcop:signal:latest").text
            let latest = try await program.run("signal", "latest", "--json")
            #expect(latest.output == #"{"signal":\#(stored ?? "")}"# + "\n")
            let table = try await program.run("signal", "latest")
            #expect(table.status == 0)
            #expect(table.output.contains("4,285.50") && table.output.contains("82.0%"))

            let history = try await program.run("signal", "history", "USDCOP", "--limit", "5", "--json")
            #expect(try history.json["count"] == 1)
            #expect(try await program.run("signal", "history", "USDCOP").output.contains("BUY"))
            let stats = try await program.run("signal", "stats", "USDCOP", "--json")
            #expect(try stats.json["stats"]?["buy"] == 1)
            #expect(try await program.run("signal", "stats", "USDCOP").output.contains("model m1"))
            let arguments = ["--start", "2025-01-15T00:00:00Z", "--end", "2025-01-15T23:59:59-05:00"]
            let range = try program.start(["signal", "range", "USDCOP", "--json"] + arguments)
            #expect(try await range.end().json["count"] == 1)
            let symbols = try await program.run("signal", "symbols", "--json")
            #expect(try symbols.json["symbols"] == ["USDCOP"])
            #expect(try symbols.json["latest"]?["USDCOP"]?["price"] == 4285.5)
            #expect(try await program.run("signal", "symbols").output.contains("USDCOP"))

            #expect(try await program.run("signal", "clear", "USDCOP", "--json").json["cleared"] == 1)
            #expect(try await program.run("signal", "history", "USDCOP").output == "no signals of USDCOP\n")
            #expect(try await program.run("signal", "clear", "--all").status == 0)
            let nothing = try await program.run("signal", "latest", "--json")
            #expect(nothing.status == 1)
            #expect(nothing.output == "{\"signal\":null}\n")
            #expect(try await program.run("signal", "latest").status == 1)
        }
    }

    @Test func `NDJSON keeps its order`() async throws {
        try await Program.withRedis { program, _ async throws in
            let text = (0..<300).map { Samples.signal("n\($0)") }.joined(separator: "\n")
            #expect(try await program.run("signal", "publish", "-", input: text).status == 0)
            let history = try await program.run("signal", "history", "USDCOP", "--limit", "100", "--json")
            let names = try history.json["signals"]?.elements?.compactMap { $0["signal_id"]?.text }
            #expect(names == (200..<300).reversed().map { "n\($0)" })
        }
    }

    @Test(arguments: [
        "", "{", "[]", #"{"signal_id":"x"}"#, Samples.signal(action: "WAIT"), Samples.signal(symbol: "usd"),
        Samples.signal(time: "2025-02-30T00:00:00Z"),
        Samples.signal(time: "2099-01-01T00:00:00Z"), Samples.signal("a") + "\n" + #"{"oops":1}"# + "\n" + Samples.signal("b"),
        Samples.signal(String(repeating: "x", count: 129)),
    ])
    func `bad input writes nothing`(text: String) async throws {
        try await Program.withRedis { program, redis async throws in
            let run = try await program.run("signal", "publish", "-", input: text)
            #expect(run.status == 65)
            #expect(!run.errors.isEmpty && run.output.isEmpty)
            #expect(try await redis.ask("DBSIZE").integer == 0)
        }
    }

    @Test func `bad lines are named, and skipped when told so`() async throws {
        try await Program.withRedis { program, _ async throws in
            let text = Samples.signal("a") + "\n{\"oops\":1}\n" + Samples.signal("b")
            let run = try await program.run("signal", "publish", "-", "--skip-bad", "--json", input: text)
            #expect(run.status == 65)
            #expect(run.errors.contains("line 2"))
            #expect(try run.json["published"] == 2)
        }
    }

    @Test func `watching shows what another process publishes, and ends by count`() async throws {
        try await Program.withRedis { program, _ async throws in
            let watch = try program.start(["signal", "watch", "--json", "--count", "1", "--symbol", "USDCOP"])
            try await watch.expect("watching")
            try await program.run("signal", "publish", "-", input: Samples.signal("other", symbol: "EURCOP"))
            try await program.run("signal", "publish", "-", input: Samples.signal("seen"))
            let run = try await watch.end()
            #expect(run.status == 0)
            #expect(run.lines.count == 1)
            #expect(try run.json["signal"]?["signal_id"] == "seen")
            #expect(try run.json["event"] == "set-and-add")
        }
    }

    @Test(arguments: [(SIGINT, 130), (SIGTERM, 0)] as [(Int32, Int32)])
    func `watching ends by signal`(number: Int32, status: Int32) async throws {
        try await Program.withRedis { program, _ async throws in
            let watch = try program.start(["signal", "watch"])
            try await watch.expect("watching")
            try await program.run("signal", "publish", "-", input: Samples.signal("seen"))
            try await watch.expect("BUY")
            watch.signal(number)
            let run = try await watch.end()
            #expect(run.status == status)
            #expect(!run.errors.contains("lost"))
        }
    }

    @Test func `watching goes on after a restart of Redis`() async throws {
        try await Program.withRedis { program, redis async throws in
            let watch = try program.start(["signal", "watch", "--json", "--count", "1"])
            try await watch.expect("watching")
            redis.kill()
            try await watch.expect("lost")
            try await redis.start()
            try await program.run("signal", "publish", "-", input: Samples.signal("after"))
            let run = try await watch.end()
            #expect(run.status == 0)
            #expect(try run.json["signal"]?["signal_id"] == "after")
        }
    }
}

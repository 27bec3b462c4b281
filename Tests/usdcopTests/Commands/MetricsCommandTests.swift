import CacheServices
import Hiredis
import RedisTesting
import TestTurns
import Testing

@Suite("usdcop position and usdcop metrics", .takesTurns, .timeLimit(.minutes(2)))
struct MetricsCommandTests {
    @Test func `positions are stored, listed, added up and removed`() async throws {
        try await Program.withRedis { program, redis async throws in
            #expect(try await program.run("position", "set", "-", input: Samples.position()).status == 0)
            let set = try await program.run("position", "set", "-", "--json", input: Samples.position("EURCOP", pnl: -40))
            #expect(try set.json["position"] == "stored")
            #expect(try await redis.ask("TTL", "usdcop:position:active:USDCOP").integer == -1)
            #expect(try await program.run("position", "list", "--json").json["count"] == 2)
            #expect(try await program.run("position", "list").lines.count == 3)
            #expect(try await program.run("position", "get", "USDCOP", "--json").json["position"]?["entry_price"] == 4000)
            #expect(try await program.run("position", "get", "USDCOP").output.contains("4,100.00"))
            let totals = try await program.run("position", "aggregate", "--json")
            #expect(try totals.json["total_pnl"] == 60)
            #expect(try await program.run("position", "aggregate").output.contains("50.0%"))
            #expect(try await program.run("position", "delete", "EURCOP", "--json").json["deleted"] == true)
            #expect(try await program.run("position", "delete", "EURCOP").status == 1)
            let closed = try await program.run("position", "set", "-", "--json", input: Samples.position(status: "CLOSED"))
            #expect(try closed.json["position"] == "removed")
            #expect(try await program.run("position", "get", "USDCOP").status == 1)
            #expect(try await program.run("position", "list").output == "no open positions\n")
            #expect(try await program.run("position", "set", "-", input: "{}").status == 65)
        }
    }

    @Test func `metrics are stored, updated in part, and cleared`() async throws {
        try await Program.withRedis { program, _ async throws in
            #expect(try await program.run("metrics", "show").status == 1)
            #expect(try await program.run("metrics", "freshness", "--json").status == 1)
            #expect(try await program.run("metrics", "set", "-", input: Samples.metrics).status == 0)
            let update = try await program.run("metrics", "update", "total_trades=45", "total_pnl=-1.5", "--json")
            #expect(try update.json["metrics"]?["win_rate"] == 0.6)
            let shown = try await program.run("metrics", "show", "--json")
            #expect(try shown.json["metrics"]?["total_pnl"] == -1.5)
            #expect(try shown.json["metrics"]?["sharpe_ratio"] == nil)
            #expect(try #require(try shown.json["freshness_ms"]?.double) < 60_000)
            #expect(try await program.run("metrics", "show").output.contains("60.0%"))
            #expect(try await program.run("metrics", "freshness").status == 0)
            #expect(try await program.run("metrics", "update", "nonsense=1").status == 65)
            #expect(try await program.run("metrics", "update", "win_rate=2").status == 65)
            #expect(try await program.run("metrics", "update", "win_rate").status == 64)
            #expect(try await program.run("metrics", "set", "-", input: #"{"timestamp":"2099-01-01T00:00:00Z"}"#).status == 65)

            #expect(try await program.run("metrics", "custom", "set", "spread_bps", "3.5").status == 0)
            #expect(try await program.run("metrics", "custom", "set", "regime", "calm").status == 0)
            #expect(try await program.run("metrics", "custom", "set", "bias", "--", "-0.25").status == 0)
            #expect(try await program.run("metrics", "custom", "set", "code", "007", "--json").json["value"] == "007")
            #expect(try await program.run("metrics", "custom", "get", "spread_bps", "--json").json["value"] == 3.5)
            #expect(try await program.run("metrics", "custom", "list", "--json").json["metrics"]?["bias"] == -0.25)
            #expect(try await program.run("metrics", "custom", "list").output.contains("regime"))
            #expect(try await program.run("metrics", "custom", "delete", "code").status == 0)
            #expect(try await program.run("metrics", "custom", "get", "code").status == 1)
            #expect(try await program.run("metrics", "custom", "get", "no*glob").status == 64)
            #expect(try await program.run("metrics", "clear", "--json").json["cleared"] == 4)
        }
    }
}

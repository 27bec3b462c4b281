import CacheServices
import Hiredis
import RedisTesting
import TestTurns
import Testing

@Suite("usdcop health alerts", .takesTurns, .timeLimit(.minutes(2)))
struct HealthAlertsCommandTests {
    private func add(_ redis: PrivateRedis, _ id: String, _ deliveries: [(String, String)]) async throws {
        let json = """
            {"at":"2025-01-15T10:30:00.000Z","from":"healthy","id":"\(id)","kind":"service","message":"\(id) is down\\u001b[31m","service":"\(id)",\
            "to":"unhealthy"}
            """
        try await redis.ask("XADD", "usdcop:alerts", "*", "kind", "alert", "id", .text(id), "alert", .text(json))
        for (channel, result) in deliveries {
            try await redis.ask(
                "XADD", "usdcop:alerts", "*", "kind", "delivery", "id", .text(id), "channel", .text(channel), "result", .text(result),
                "attempts", "2", "at", "2025-01-15T10:31:00.000Z", "detail", .text(result == "failed" ? "http_404" : ""))
        }
    }

    @Test func `alerts are a table with one line for each delivery, or JSON`() async throws {
        try await Program.withRedis { program, redis async throws in
            #expect(try await program.run("health", "alerts").output == "no alerts\n")
            try await add(redis, "old", [("https://h#0123abcd", "sent"), ("mailto:a@b", "failed")])
            try await add(redis, "new", [])
            let table = try await program.run("health", "alerts")
            #expect(table.status == 0 && table.lines.count == 4)
            #expect(table.lines[1].contains("new: healthy → unhealthy") && table.lines[1].contains("waiting"))
            #expect(table.lines[2].contains("✓ sent") && table.lines[2].contains("https://h#0123abcd"))
            #expect(table.lines[3].contains("✗ failed") && table.lines[3].contains("http_404") && !table.lines[3].contains("old"))
            #expect(!table.output.contains("\u{1b}"))
            let json = try await program.run("health", "alerts", "--limit", "1", "--json").json
            #expect(json["count"] == 1 && json["alerts"]?.elements?.first?["id"] == "new")
            try await add(redis, "alone", [("none", "unsent")])
            let alone = try await program.run("health", "alerts", "--limit", "1")
            #expect(alone.lines.count == 2 && alone.lines[1].hasSuffix("– not sent: no channel"))
            let latest = try await program.run("health", "alerts", "--limit", "1", "--json").json
            #expect(latest["alerts"]?.elements?.first?["deliveries"]?.elements?.first?["result"] == "unsent")
            #expect(try await program.run("doctor").status == 0)
        }
    }

    @Test(arguments: [["--limit", "0"], ["--limit", "1001"], ["--limit", "x"], ["more"]])
    func `wrong arguments are a usage error`(arguments: [String]) async throws {
        let program = Program(url: "redis://127.0.0.1:1/0")
        #expect(try await program.start(["health", "alerts"] + arguments).end().status == 64)
    }

    @Test func `a wrong configuration keeps the service from starting, and no secret is told`() async throws {
        let program = Program(url: "redis://127.0.0.1:1/0")
        let environment = [
            "USDCOP_ALERT_WEBHOOKS": "https://h/x,ftp://me:hunter2@h/", "SMTP_URL": "smtp://me:hunter2@mail/path",
            "USDCOP_ALERT_EMAIL": "a@b",
            "USDCOP_ALERT_SPACING": "5",
        ]
        let run = try await program.run("serve", environment: environment)
        #expect(run.status == 78)
        for name in ["USDCOP_ALERT_WEBHOOKS", "SMTP_URL", "USDCOP_ALERT_EMAIL", "USDCOP_ALERT_SPACING"] {
            #expect(run.errors.contains(name))
        }
        #expect(!run.errors.contains("hunter2"))
    }
}

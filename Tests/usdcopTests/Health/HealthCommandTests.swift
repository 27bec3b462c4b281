import CacheServices
import Foundation
import Hiredis
import RedisTesting
import TestTurns
import Testing

@Suite(.takesTurns, .timeLimit(.minutes(2)))
struct HealthCommandTests {
    @Test func `register, check, status and unregister`() async throws {
        try await Program.withRedis { program, redis async throws in
            let port = try FreePort.find()
            let server = try await RogueServer.start(port: port, on: .connect, [])
            let register = try await program.run(
                "health", "register", "gateway", "tcp://127.0.0.1:\(port)", "--interval", "500ms", "--timeout", "200ms")
            #expect(register.status == 0, "\(register.errors)")
            // Nobody watches yet.
            let before = try await program.run("health", "status", "--json")
            #expect(before.status == 1)
            #expect(
                try before.json["services"]?.elements?.first { $0["service"] == "gateway" }?["metadata"]?["reason"] == "not checked yet")
            let check = try await program.run("health", "check", "gateway")
            #expect(check.status == 0)
            #expect(check.output.contains("● healthy"))

            let serve = try program.start(["serve", "--port", "0"])
            try await eventually(within: .seconds(20)) { try await program.run("health", "status").status == 0 }
            let table = try await program.run("health").output
            #expect(table.hasPrefix("● HEALTHY  2 services: 2 healthy, 0 degraded, 0 unhealthy"))
            try await server.stop()
            try await eventually(within: .seconds(20)) { try await program.run("health", "status").status == 1 }
            let down = try await program.run("health", "status")
            #expect(down.output.contains("✖  gateway  unhealthy"))
            #expect(down.output.contains("The connection was refused."))
            #expect(!down.output.contains("\u{1B}"))
            #expect(try await program.run("health", "history", "gateway", "--limit", "1").output.contains("✖ unhealthy"))
            #expect(try await program.run("health", "export").json["services"]?.elements?.count == 2)
            #expect(try await program.run("health", "unregister", "gateway").status == 0)
            #expect(try await program.run("health", "unregister", "gateway").status == 1)
            serve.signal(SIGTERM)
            #expect(try await serve.end().status == 0)
            // Its lease was given back.
            #expect(try await redis.ask("EXISTS", "usdcop:health:leader").integer == 0)
        }
    }

    @Test func `watching writes every change below the one before where no terminal is`() async throws {
        try await Program.withRedis { program, redis async throws in
            let watching = try program.start(["health", "status", "--watch", "--every", "200ms", "--json"])
            try await watching.expect("not checked yet")
            let serve = try program.start(["serve", "--port", "0"])
            try await watching.expect(#""status":"healthy""#)
            watching.signal(SIGINT)
            #expect(try await watching.end().status == 130)
            serve.signal(SIGTERM)
            _ = try await serve.end()
        }
    }

    @Test(
        arguments: [
            (["register", "x", "file:///etc/passwd"], 65), (["register", "x", "http://u:s3cret@h/"], 65),
            (["register", "redis", "http://h/"], 65),
            (["register", "x", "http://h/", "--interval", "1ms"], 65), (["register", "x/\u{0a}", "http://h/"], 64),
            (["unregister", "redis"], 65), (["unregister", "postgres"], 1), (["register", "x", "http://h/", "--interval", "7h"], 65),
            (["register", "x", "postgres://a,b/d"], 65),
            (["check", "nobody"], 1), (["status", "--every", "1ms", "--watch"], 64), (["history", "a", "--limit", "0"], 64),
        ] as [([String], Int32)])
    func `what cannot be done ends with the code that is due`(arguments: [String], status: Int32) async throws {
        try await Program.withRedis { program, _ async throws in
            let run = try await program.start(["health"] + arguments).end()
            #expect(run.status == status, "\(run.errors)")
            #expect(!run.errors.contains("s3cret"))
        }
    }
}

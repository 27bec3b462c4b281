import CacheServices
import Foundation
import Hiredis
import RedisTesting
import TestTurns
import Testing

@testable import usdcop

/// What a demo must not touch, and what it does when something is not there.
@Suite("A demo and what is real", .takesTurns, .timeLimit(.minutes(3)))
struct DemoIsolationTests {
    @Test func `a namespace with keys that no demo made is refused, and left alone when it is adopted`() async throws {
        try await Program.withOpenRedis { program, redis async throws in
            _ = try await redis.ask("SET", "usdcop:signal:history:X", "precious")
            _ = try await redis.ask("SET", "usdcop:mine", "precious")
            let refused = try await program.start(["demo", "--port", "0", "--namespace", "usdcop"]).end()
            #expect(refused.status == 77 && refused.errors.contains("--adopt"), "\(refused.errors)")
            #expect(try await redis.ask("DBSIZE").integer == 2)

            let adopted = try await RunningDemo(program, "--namespace", "usdcop", "--adopt", "--clean", "--duration", "1s")
            let ending = try await adopted.running.end()
            #expect(ending.status == 1 && ending.errors.contains("left as it is"), "\(ending.errors)")
            #expect(try await redis.ask("GET", "usdcop:mine").text == "precious")
            #expect(try await redis.ask("EXISTS", "usdcop:demo:state").integer == 1)
        }
    }

    @Test func `--clean leaves the keys to another demo that has the namespace by then`() async throws {
        try await Program.withOpenRedis { program, redis async throws in
            let demo = try await RunningDemo(program, "--clean")
            try await eventually { try await redis.names().contains("signal:latest") }
            // As another demo would that found the lease run out while this one was paused.
            _ = try await redis.ask("SET", "usdcop-demo:demo:lease", "another 1", "PX", "60000")
            let ending = try await demo.stop()
            #expect(ending.status == 69 && ending.errors.contains("another demo runs there"), "\(ending.errors)")
            #expect(try await redis.names().isSuperset(of: ["signal:latest", "demo:state", "demo:lease"]))
            #expect(!demo.files.isEmpty)
        }
    }

    @Test(arguments: [[], ["--clean"]]) func `one that cannot begin leaves nothing behind, and what was there before`(options: [String])
        async throws
    {
        try await Program.withOpenRedis { program, redis async throws in
            let port = try FreePort.find()
            let sink = try await RogueServer.start(port: port, on: .connect, [])
            let state = try ScratchDirectory()
            let environment = ["XDG_STATE_HOME": state.url.path]
            let run = try await program.start(["demo", "--port", "\(port)"] + options, environment: environment).end()
            #expect(run.status == 69, "\(run.errors)")
            #expect(try await redis.ask("DBSIZE").integer == 0)

            let before = try await RunningDemo(program, "--duration", "1s")
            #expect(try await before.running.end().status == 0)
            _ = try await program.start(["demo", "--port", "\(port)"] + options, environment: environment).end()
            #expect(try await redis.names().contains("signal:latest") == options.isEmpty)
            #expect(try await !redis.names().contains("demo:lease"))
            try await sink.stop()
        }
    }

    @Test func `what the environment says for the service is not for the demo`() async throws {
        try await Program.withOpenRedis { program, redis async throws in
            let port = try FreePort.find()
            let log = try ScratchDirectory()
            let sink = try await RogueServer.start(port: port, on: .connect, [])
            let demo = try await RunningDemo(
                program, "--speed", "50",
                environment: [
                    "USDCOP_NAMESPACE": "usdcop", "USDCOP_PORT": "\(port)", "USDCOP_ALERT_WEBHOOKS": "http://127.0.0.1:\(port)/hook",
                    "TRADING_API_URL": "http://127.0.0.1:\(port)", "USDCOP_SERVICES": "other=http://127.0.0.1:\(port)",
                    "LOG_FILE": log.url.appendingPathComponent("service.log").path,
                ])
            try await eventually(within: .seconds(30)) { try await redis.names().contains("alerts") }
            #expect(try await redis.names(of: "usdcop").isEmpty)
            let services = try await redis.ask("HGETALL", "usdcop-demo:health:services").array?.compactMap(\.text) ?? []
            #expect(!services.joined().contains(":\(port)") && !services.contains("other"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: log.url.path).isEmpty)
            #expect(try await demo.stop().status == 0)
            try await sink.stop()
        }
    }

    @Test func `without Redis it keeps everything in memory, and the page has it all`() async throws {
        let program = Program(url: "redis://127.0.0.1:\(try FreePort.find())/0")
        let demo = try await RunningDemo(program, "--speed", "50", "--clean")
        #expect(demo.running.errors.contains("keeps everything in memory"))
        #expect(!demo.running.output.contains("redis-cli"))
        try await eventually(within: .seconds(20)) {
            let latency = try await demo.get("/api/health/latency")["stats"]?.elements ?? []
            let trail = try await demo.get("/api/audit/signals?eventType=RISK_ALERT")["entries"]?.elements ?? []
            return !latency.isEmpty && !trail.isEmpty
        }
        #expect(try await demo.get("/api/cache/signals")["signal"]?["symbol"] != nil)
        #expect(try await demo.get("/api/cache/positions")["count"] != 0)
        #expect(try await demo.get("/api/health/services")["overall_status"] == "healthy")
        let ending = try await demo.stop()
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(demo.files.isEmpty)
    }

    @Test func `when Redis goes it goes on, and when Redis is back so is everything`() async throws {
        try await Program.withOpenRedis { program, redis async throws in
            let demo = try await RunningDemo(program, "--speed", "20")
            try await eventually { try await redis.names().contains("demo:state") }
            redis.kill()
            try await demo.running.expect("Redis is away: answering from memory")
            let before = try await demo.get("/api/cache/signals")["signal"]?["signal_id"]
            try await eventually { try await demo.get("/api/cache/signals")["signal"]?["signal_id"] != before }
            try await redis.start()
            try await eventually(within: .seconds(20)) { try await demo.get("/readyz")["ready"] == true }
            let latest = try await demo.get("/api/cache/signals")["signal"]?["signal_id"]
            try await eventually { try await demo.get("/api/cache/signals")["signal"]?["signal_id"] != latest }
            let ending = try await demo.stop()
            #expect(ending.status == 0, "\(ending.errors)")
            #expect(ending.errors.split(separator: "\n").count < 30, "\(ending.errors)")
            let verify = try await program.start(["audit", "verify", "--namespace", RunningDemo.namespace]).end()
            #expect(verify.status == 0, "\(verify.output)")
        }
    }

    @Test(
        arguments: [
            (["--speed", "0"], 64), (["--speed", "51"], 64), (["--speed", "nan"], 64), (["--seed", "-1"], 64), (["--seed", "x"], 64),
            (["--seed", "9007199254740992"], 64), (["--duration", "soon"], 64), (["--duration", "0s"], 64), (["--port", "99999"], 78),
            (["--namespace", "A b"], 78), (["extra"], 64), (["--host", "0.0.0.0"], 78),
        ] as [([String], Int32)])
    func `wrong options end with the code that is due`(arguments: [String], status: Int32) async throws {
        let run = try await Program(url: "redis://127.0.0.1:1").start(["demo"] + arguments).end()
        #expect(run.status == status, "\(run.errors)")
    }

    @Test func `wrong credentials end the start`() async throws {
        let redis = try await PrivateRedis.start("--requirepass", "right")
        defer { redis.stop() }
        let run = try await Program(url: "redis://:wrong@127.0.0.1:\(redis.port)/0").start(["demo", "--port", "0"]).end()
        #expect(run.status == 78 && !run.errors.contains("wrong@"), "\(run.errors)")
    }

    @Test func `a Redis that is asked for by name is not replaced by memory`() async throws {
        let run = try await Program(url: "redis://127.0.0.1:\(try FreePort.find())/0").start([
            "demo", "--port", "0", "--cache-backend", "auto", "--namespace", "mine",
        ]).end()
        #expect(run.status == 69 && run.errors.contains("--adopt"), "\(run.errors)")
    }
}

import CacheServices
import Foundation
import Hiredis
import RedisTesting
import TestTurns
import Testing

@testable import usdcop

/// The demo as a newcomer starts it, on a Redis of its own.
@Suite("usdcop demo", .takesTurns, .timeLimit(.minutes(3)))
struct DemoCommandTests {
    private static let namespace = ["--namespace", RunningDemo.namespace]

    private static let families = [
        "signal:latest", "signal:history:USDCOP", "signal:history:USDCOP-1M", "signal:history:USDCOP-3M", "position:active:USDCOP",
        "metrics:financial", "metrics:custom:market.regime", "index:signals", "index:positions", "index:metrics", "index:operations",
        "audit:events", "audit:writers", "audit:signer", "latency:measurements", "performance:demo-step", "health:services",
        "health:status:trading-api", "health:history:websocket", "health:leader", "health:transitions", "alerts", "alerts:cursor", "events",
        "stats:cache", "demo:state", "demo:lease",
    ]

    @Test func `everything that the services keep is there, right and proven, and --clean leaves nothing`() async throws {
        try await Program.withOpenRedis { program, redis async throws in
            let demo = try await RunningDemo(program, "--speed", "50", "--clean")
            try await eventually(within: .seconds(30)) { try await Set(Self.families).isSubset(of: redis.names()) }
            #expect(demo.running.output.contains("redis-cli -p \(redis.port) GET usdcop-demo:signal:latest"))
            let names = try await redis.names()
            #expect(names.isDisjoint(with: ["health:status:postgres", "health:history:postgres"]))
            // Nothing outside of its namespace.
            #expect(try await redis.ask("DBSIZE").integer == Int64(redis.names().count))

            let services = try await demo.get("/api/health/services")
            let watched = services["services"]?.elements?.compactMap { $0["service"]?.text }
            #expect(watched == ["ml-analytics", "pipeline-api", "redis", "trading-api", "websocket"])
            #expect(services["services"]?.elements?.allSatisfy { $0["status"] == "healthy" } == true)
            let stats = try await demo.get("/api/health/latency")["stats"]?.elements ?? []
            let measured = Set(stats.compactMap { $0["service"]?.text })
            #expect(measured.isSuperset(of: ["desk", "ml-analytics", "pipeline-api", "trading-api", "websocket"]))
            #expect(stats.allSatisfy { $0["success_rate"] == 1 })
            #expect(try await demo.text("/metrics").contains("usdcop_service_status{"))
            #expect(try await !(demo.get("/api/alerts")["alerts"]?.elements ?? []).isEmpty)

            let verify = try await program.start(["audit", "verify"] + Self.namespace).end()
            #expect(verify.status == 0, "\(verify.output)")
            let doctor = try await program.start(["doctor"] + Self.namespace).end()
            #expect(doctor.status == 0 && !doctor.output.contains("demo:"), "\(doctor.output)")

            let ending = try await demo.stop()
            #expect(ending.status == 0, "\(ending.errors)")
            #expect(try await redis.ask("DBSIZE").integer == 0)
            #expect(demo.files.isEmpty)
        }
    }

    @Test func `positions, metrics and the trail agree to the centavo`() async throws {
        try await Program.withOpenRedis { program, redis async throws in
            let demo = try await RunningDemo(program, "--speed", "50")
            try await eventually(within: .seconds(30)) {
                let counts = try await demo.get("/api/audit/signals?type=stats")["stats"]?["events_by_type"]
                return counts?["POSITION_CLOSED"]?.double ?? 0 >= 2
            }
            #expect(try await demo.stop().status == 0)
            let export = try await program.start(["audit", "export", "--format", "json"] + Self.namespace).end()
            let trail = DemoTrail(try export.json.elements ?? [])
            let positions = try await redis.positions()
            let metrics = try JSONParser.parse(try #require(try await redis.ask("GET", "usdcop-demo:metrics:financial").bytes))

            let start = try #require(trail.start)
            let open = positions.compactMap { $0["pnl"]?.double }.reduce(0, +)
            let expected = try #require(start["realised_pnl"]?.double) + trail.realised + open
            #expect(abs(try #require(metrics["total_pnl"]?.double) - expected) < 0.05)
            #expect(metrics["active_positions"]?.double == Double(positions.count))
            let trades = try #require(start["closed_trades"]?.double) + Double(trail.of("POSITION_CLOSED").count)
            #expect(metrics["total_trades"]?.double == trades)

            // Every position that ended or stays was opened in the trail, and each opening was an execution that was filled.
            let held = Set(positions.compactMap { $0["position_id"]?.text })
            #expect(trail.opened == trail.closed.union(held) && trail.closed.isDisjoint(with: held))
            let carried = trail.of("POSITION_OPENED").count { $0["metadata"]?["carried_over"] == true }
            let filled = trail.of("SIGNAL_EXECUTED").count { $0["after_state"]?["status"] == "filled" }
            #expect(trail.opened.count - carried == filled)
        }
    }

    @Test func `two demos of one seed show the same at different speeds`() async throws {
        func history(speed: String) async throws -> [[JSONValue?]] {
            var signals: [JSONValue] = []
            try await Program.withOpenRedis { program, redis async throws in
                let demo = try await RunningDemo(program, "--speed", speed, "--seed", "9")
                try await eventually(within: .seconds(30)) {
                    try await redis.ask("LLEN", "usdcop-demo:signal:history:USDCOP").integer ?? 0 >= 40
                }
                let bytes = try await redis.ask("LRANGE", "usdcop-demo:signal:history:USDCOP", "-40", "-1").array?.compactMap(\.bytes) ?? []
                signals = try bytes.reversed().map { try JSONParser.parse($0) }
                _ = try await demo.stop(SIGINT)
            }
            return signals.map {
                [$0["signal_id"], $0["price"], $0["action"], $0["confidence"], $0["features"], $0["execution_latency_ms"]]
            }
        }
        let (slow, fast) = (try await history(speed: "15"), try await history(speed: "50"))
        #expect(slow.count == 40 && slow == fast)
    }

    @Test func `started again it goes on where it was, with the same positions`() async throws {
        try await Program.withOpenRedis { program, redis async throws in
            func positions() async throws -> [String: JSONValue] {
                let answer = try await program.start(["position", "list", "--json"] + Self.namespace).end().json
                let pairs = answer["positions"]?.elements?.compactMap { value in value["symbol"]?.text.map { ($0, value) } } ?? []
                return Dictionary(pairs) { $1 }
            }
            func step() async throws -> Double {
                let bytes = try #require(try await redis.ask("GET", "usdcop-demo:demo:state").bytes)
                return try JSONParser.parse(bytes)["step"]?.double ?? 0
            }
            let demo = try await RunningDemo(program, "--speed", "20", "--seed", "3")
            try await eventually(within: .seconds(30)) { try await step() > Double(DemoDesk.warmUp + 20) }
            #expect(try await demo.stop(SIGINT).status == 0)
            let (stopped, held) = (try await step(), try await positions())

            // Slowly: what is there right after the start is what was there before.
            let again = try await RunningDemo(program, "--speed", "0.1")
            #expect(again.running.output.contains("going on after step"))
            try await eventually(within: .seconds(30)) { try await step() == stopped + 1 }
            for (symbol, position) in try await positions() {
                guard let before = held[symbol], before["position_id"] == position["position_id"] else { continue }
                #expect(before["entry_time"] == position["entry_time"] && before["entry_price"] == position["entry_price"])
            }
            let trail = try await again.get("/api/audit/signals?eventType=SYSTEM_EVENT&limit=1000")["entries"]?.elements ?? []
            #expect(trail.contains { $0["action"]?.text?.contains("went on after step") == true })
            #expect(try await program.start(["audit", "verify"] + Self.namespace).end().status == 0)
            #expect(try await again.stop().status == 0)
        }
    }

    @Test func `another seed ends the positions of the market before`() async throws {
        try await Program.withOpenRedis { program, redis async throws in
            let before = try await RunningDemo(program, "--speed", "20", "--duration", "1s")
            #expect(try await before.running.end().status == 0)
            let old = Set(try await redis.positions().compactMap { $0["position_id"]?.text })
            let demo = try await RunningDemo(program, "--speed", "20", "--seed", "8", "--duration", "1s")
            #expect(demo.running.output.contains("of seed 8") && !demo.running.output.contains("going on"))
            #expect(try await demo.running.end().status == 0)
            let export = try await program.start(["audit", "export", "--format", "json"] + Self.namespace).end()
            let trail = DemoTrail(try export.json.elements ?? [])
            let held = Set(try await redis.positions().compactMap { $0["position_id"]?.text })
            #expect(!old.isEmpty && trail.closed.isSuperset(of: old) && held.isDisjoint(with: old))
            #expect(trail.opened == trail.closed.union(held))
        }
    }

    @Test func `a second one in the same namespace ends, and one that was killed can be followed`() async throws {
        try await Program.withOpenRedis { program, redis async throws in
            let demo = try await RunningDemo(program)
            let second = try await program.start(["demo", "--port", "0"]).end()
            #expect(second.status == 69 && second.errors.contains("runs in the namespace usdcop-demo already"), "\(second.errors)")
            _ = try await demo.stop(SIGKILL)
            let third = try await RunningDemo(program, "--duration", "1s", "--clean")
            #expect(try await third.running.end().status == 0)
            #expect(try await redis.ask("DBSIZE").integer == 0)
        }
    }

    @Test func `the end comes quickly`() async throws {
        try await Program.withOpenRedis { program, redis async throws in
            let demo = try await RunningDemo(program, "--speed", "20")
            try await eventually { try await redis.ask("EXISTS", "usdcop-demo:demo:state").integer == 1 }
            let start = ContinuousClock.now
            #expect(try await demo.stop().status == 0)
            #expect(start.duration(to: .now) < .seconds(2))
        }
    }
}

import CacheServices
import HealthServices
import Hiredis
import RedisTesting
import TestTurns
import Testing

@testable import DashboardServer

@Suite(.takesTurns, .serialized, .sharedService, .timeLimit(.minutes(1)))
struct LatencyRoutesTests {
    private static let target = "/api/health/latency"

    @Test func `without samples the lists are empty and the figures null`() async throws {
        let service = try await SharedService.empty()
        for (query, name) in [
            ("", "stats"), ("?type=trend", "trend"), ("?type=recent", "measurements"), ("?type=high-latency", "services"),
        ] {
            let reply = try await service.get(Self.target + query)
            #expect(reply.status == 200 && reply.json[name] == [])
        }
        #expect(try await service.get(Self.target + "?type=stats&service=a&operation=b").json["from"] == .null)
        let endToEnd = try await service.get(Self.target + "?type=end-to-end").json
        #expect(endToEnd["latency"] == .null && endToEnd["to"]?.text?.hasSuffix("Z") == true)
        #expect(try await service.request("DELETE", Self.target + "?all=true").json == ["cleared": 0])
    }

    @Test func `the examples of the seed work as written`() async throws {
        let service = try await SharedService.empty()
        let recorded = try await service.send("POST", Self.target, #"{ "service": "api", "operation": "trade", "latency_ms": 125 }"#)
        #expect(recorded.status == 202 && recorded.json == ["accepted": 1])
        #expect(
            try await service.send("POST", Self.target, #"{"service": "trading-api", "operation": "x", "latency_ms": 5}"#).status == 202)
        let reply = try await service.get(Self.target + "?service=trading-api&type=stats")
        #expect(reply.status == 200 && reply["ETag"] != nil && reply["X-Cache-Backend"] == "redis")
        #expect(reply.json["stats"]?.elements?.map { $0["service"] } == ["trading-api"])
    }

    @Test func `a batch is recorded as a whole, and answered in every way`() async throws {
        let service = try await SharedService.empty()
        let measurements = (1...1000).map { number in
            #"{"service": "\#(number % 2 == 0 ? "api" : "ml:v2")", "operation": "op", "latency_ms": \#(number), "success": \#(number % 4 != 0), "metadata": {"number": \#(number), "venue": "SET-FX and others"}}"#
        }
        let body = #"{"measurements": [\#(measurements.joined(separator: ","))]}"#
        #expect(body.utf8.count > 64 * 1024)
        let accepted = try await service.send("POST", Self.target, body)
        #expect(accepted.status == 202 && accepted.json == ["accepted": 1000])
        let stats = try await service.get(Self.target).json
        #expect(stats["stats"]?.elements?.map { $0["count"] } == [500, 500])
        let api = stats["stats"]?.elements?.first
        #expect(api?["p50_ms"] == 500 && api?["p95_ms"] == 950 && api?["p99_ms"] == 990 && api?["success_rate"] == 0.5)
        #expect(api?["avg_ms"] == 501 && api?["min_ms"] == 2 && api?["max_ms"] == 1000)
        let recent = try await service.get(Self.target + "?type=recent&limit=2&service=ml:v2").json
        #expect(recent["measurements"]?.elements?.map { $0["latency_ms"] } == [999, 997] && recent["count"] == 2)
        #expect(recent["measurements"]?.elements?.first?["metadata"]?["number"] == 999)
        let trend = try await service.get(Self.target + "?type=trend&service=api&minutes=2&interval=120").json
        #expect(trend["trend"]?.elements?.compactMap { $0["count"]?.double }.reduce(0, +) == 500 && trend["interval_seconds"] == 120)
        #expect(trend["trend"]?.elements?.last?["max_ms"] == 1000)
        #expect(trend["trend"]?.elements?.first?["min_ms"] == 2)
        #expect(try await service.get(Self.target + "?type=trend").json["interval_seconds"] == 15)
        let high = try await service.get(Self.target + "?type=high-latency&limit=1").json
        #expect(high["services"]?.elements?.map { $0["service"] } == ["api"] && high["services"]?.elements?.first?["avg_ms"] == 501)
        let endToEnd = try await service.get(Self.target + "?type=end-to-end&minutes=1").json
        #expect(endToEnd["latency"] == ["avg_ms": 500.5, "count": 1000, "max_ms": 1000, "min_ms": 1, "p95_ms": 950])
        #expect(endToEnd["from"]?.text?.count == 24)
        #expect(try await service.request("DELETE", Self.target + "?service=api").json == ["cleared": 500])
        #expect(try await service.get(Self.target).json["stats"]?.elements?.map { $0["service"] } == ["ml:v2"])
        #expect(try await service.request("DELETE", Self.target + "?all=true").json == ["cleared": 500])
        #expect(try await service.get(Self.target).json["stats"] == [])
    }

    @Test(arguments: [
        ("{}", ["service", "operation", "latency_ms"]),
        (#"{"service": "a*", "operation": "b", "latency_ms": -1, "x": 1}"#, ["service", "latency_ms", "x"]),
        (#"{"measurements": []}"#, ["measurements"]), (#"{"measurements": {}}"#, ["measurements"]),
        (
            #"{"measurements": [1], "x": 1}"#,
            ["x", "measurements.0", "measurements.0.service", "measurements.0.operation", "measurements.0.latency_ms"]
        ),
        (
            #"{"measurements": [{"service": "a", "operation": "b", "latency_ms": 1}, {"service": "a", "operation": "b", "latency_ms": "1"}]}"#,
            ["measurements.1.latency_ms"]
        ),
    ])
    func `a wrong body is a 422 that names every field, and records nothing`(body: String, wrong: [String]) async throws {
        let service = try await SharedService.empty()
        let reply = try await service.send("POST", Self.target, body)
        #expect(reply.status == 422 && reply.wrong == wrong)
        #expect(try await service.get(Self.target).json["stats"] == [])
    }

    @Test func `1001 measurements and more than 1 MB are too many`() async throws {
        let service = try await SharedService.empty()
        let one = #"{"service": "a", "operation": "b", "latency_ms": 1}"#
        let many = #"{"measurements": [\#(Array(repeating: one, count: 1001).joined(separator: ","))]}"#
        #expect(try await service.send("POST", Self.target, many).wrong == ["measurements"])
        func announced(_ target: String, _ length: Int) async throws -> HTTPReply {
            try await service.request("POST", target, headers: [("Content-Type", "application/json"), ("Content-Length", "\(length)")])
        }
        let reply = try await announced(Self.target, 1024 * 1024 + 1)
        #expect(reply.status == 413 && reply.json["detail"]?.text?.contains("1048576") == true)
        // Other routes take no more than before.
        #expect(try await announced("/api/cache/signals", 64 * 1024 + 1).status == 413)
    }

    @Test func `the service's own requests are not in there`() async throws {
        let service = try await SharedService.empty()
        for _ in 0..<5 { _ = try await service.get("/api/cache/signals") }
        #expect(try await service.get(Self.target).json["stats"] == [])
    }

    @Test func `damage is named, and a key of another type refused`() async throws {
        let service = try await SharedService.empty()
        service.service.latency.recordLatency("good", "x", latencyMS: 1)
        try await service.service.latency.flush()
        try await service.redis.ask("XADD", "usdcop:latency:measurements", "*", "latency_ms", "soon")
        let all = try await service.get(Self.target).json
        #expect(all["stats"]?.elements?.count == 1 && all["unreadable"] == ["usdcop:latency:measurements"])
        try await service.redis.ask("SET", "usdcop:latency:measurements", "x")
        let refused = try await service.get(Self.target)
        #expect(refused.status == 500 && refused.code == "data_conflict" && refused.json["key"] == "usdcop:latency:measurements")
    }

    @Test func `while Redis is away reads are refused, and the samples wait`() async throws {
        try await RunningService.with { (service) async throws in
            let latency = service.service.latency
            latency.recordLatency("a", "x", latencyMS: 1)
            #expect(try await service.get(Self.target).json["stats"]?.elements?.count == 1)
            service.redis.kill()
            #expect(try await service.get(Self.target).status == 503)
            #expect(try await service.send("POST", Self.target, #"{"service": "a", "operation": "x", "latency_ms": 2}"#).status == 202)
            #expect(try await service.request("DELETE", Self.target + "?all=true").status == 503)
            #expect(latency.status.waiting == 1)
        }
    }

    @Test func `with memory the samples of this process are there`() async throws {
        try await RunningService.with {
            $0.backend = .memory
            $0.latency.samples = 3
        } _: { (service) async throws in
            for number in 1...5 { service.service.latency.recordLatency("a", "x", latencyMS: Double(number)) }
            let reply = try await service.get(Self.target)
            #expect(reply.json["stats"]?.elements?.first?["min_ms"] == 3 && reply["X-Cache-Backend"] == "memory")
        }
    }

    @Test func `an end in order leaves every sample in Redis`() async throws {
        let redis = try await PrivateRedis.start("--appendonly", "yes")
        defer { redis.stop() }
        try await RunningService.with(redis: redis) { (service) async throws in
            for number in 1...50 { service.service.latency.recordLatency("a", "x", latencyMS: Double(number)) }
            try await eventually { service.service.latency.status.stored == 50 }
        }
        #expect(try await redis.ask("XLEN", "usdcop:latency:measurements").integer == 50)
    }
}

import CacheServices
import Hiredis
import LoggingServices
import RedisTesting
import TestTurns
import Testing

@testable import DashboardServer

@Suite(.takesTurns, .serialized, .sharedService, .timeLimit(.minutes(1)))
struct PerformanceRoutesTests {
    private static let target = "/api/performance"

    @Test func `without samples the figures are null and the lists empty`() async throws {
        let service = try await SharedService.empty()
        #expect(try await service.get(Self.target).json == ["count": 0, "metrics": []])
        #expect(try await service.get(Self.target + "?operation=a").json == ["metrics": .null, "operation": "a"])
        #expect(try await service.get(Self.target + "?type=slow").json == ["count": 0, "operations": [], "threshold_ms": 100])
        #expect(try await service.get(Self.target + "?type=failed").json == ["count": 0, "operations": []])
        #expect(try await service.get(Self.target + "?type=summary").json["summary"]?["avg_latency_ms"] == .null)
        #expect(try await service.request("DELETE", Self.target).json == ["cleared": 0])
    }

    @Test func `answers what was recorded, and clears it`() async throws {
        let service = try await SharedService.empty()
        let performance = service.service.performance
        for number in 1...10 {
            performance.logLatency("api call", durationMS: Double(number) * 100, success: number != 7, metadata: ["n": .integer(number)])
        }
        performance.logLatency("b", durationMS: 2000.5)
        let all = try await service.get(Self.target)
        #expect(all.status == 200 && all["ETag"] != nil && all["X-Cache-Backend"] == "redis")
        #expect(all.json["count"] == 2)
        #expect(all.json["metrics"]?.elements?.map { $0["operation"] } == ["api call", "b"])
        let one = try await service.get(Self.target + "?type=metrics&operation=api+call").json["metrics"]
        #expect(one?["p50_ms"] == 500 && one?["p95_ms"] == 1000 && one?["success_rate"] == 0.9)
        let slow = try await service.get(Self.target + "?type=slow&threshold_ms=899.9&limit=2").json
        #expect(slow["threshold_ms"] == 899.9 && slow["count"] == 2)
        #expect(slow["operations"]?.elements?.map { $0["duration_ms"] } == [2000.5, 1000])
        #expect(try await service.get(Self.target + "?type=slow&threshold_ms=8.999e2&limit=2").json == slow)
        let one900 = try await service.get(Self.target + "?type=slow&threshold_ms=899.9&operation=api%20call").json
        #expect(one900["operations"]?.elements?.map { $0["metadata"]?["n"] } == [10, 9])
        let failed = try await service.get(Self.target + "?type=failed").json
        #expect(failed["operations"]?.elements?.count == 1)
        #expect(failed["operations"]?.elements?.first?["duration_ms"] == 700)
        #expect(failed["operations"]?.elements?.first?["success"] == false)
        let summary = try await service.get(Self.target + "?type=summary").json["summary"]
        #expect(summary?["total_entries"] == 11 && summary?["operations_over_1000ms"] == 1 && summary?["failed_operations"] == 1)
        #expect(try await service.request("DELETE", Self.target).json == ["cleared": 2])
        #expect(try await service.get(Self.target).json["count"] == 0)
    }

    @Test func `the service's own requests are not in there`() async throws {
        let service = try await SharedService.empty()
        for _ in 0..<5 { _ = try await service.get("/api/cache/signals") }
        #expect(try await service.get(Self.target).json["count"] == 0)
    }

    @Test(arguments: [
        ("?type=all", ["type"]), ("?type=", ["type"]), ("?type=slow&type=slow", ["type"]), ("?limit=5", ["limit"]),
        ("?type=metrics&threshold_ms=5", ["threshold_ms"]), ("?type=summary&operation=a", ["operation"]), ("?x=1", ["x"]),
        ("?operation=", ["operation"]), ("?operation=*", ["operation"]), ("?operation=caf%C3%A9", ["operation"]),
        ("?operation=a&operation=b", ["operation"]), ("?type=slow&limit=0", ["limit"]), ("?type=failed&limit=1001", ["limit"]),
        ("?type=failed&threshold_ms=1", ["threshold_ms"]), ("?type=slow&threshold_ms=-1", ["threshold_ms"]),
        ("?type=slow&threshold_ms=nan", ["threshold_ms"]), ("?type=slow&threshold_ms=1e", ["threshold_ms"]),
        ("?type=slow&threshold_ms=1e10", ["threshold_ms"]),
        ("?type=slow&threshold_ms=0x10", ["threshold_ms"]), ("?type=slow&threshold_ms=1.", ["threshold_ms"]),
        ("?type=slow&threshold_ms=1000000001", ["threshold_ms"]), ("?type=slow&threshold_ms=", ["threshold_ms"]),
        ("?type=slow&threshold_ms=x&limit=x&operation=*", ["operation", "threshold_ms", "limit"]),
    ])
    func `a wrong query is a 400 that names every parameter`(query: String, wrong: [String]) async throws {
        let service = try #require(SharedService.current)
        let reply = try await service.get(Self.target + query)
        #expect(reply.status == 400 && reply.code == "invalid_query")
        #expect(reply.wrong == wrong)
    }

    @Test func `deleting takes no parameters`() async throws {
        let service = try await SharedService.empty()
        service.service.performance.logLatency("a", durationMS: 1)
        #expect(try await service.request("DELETE", Self.target + "?operation=a").status == 400)
        #expect(try await service.get(Self.target).json["count"] == 1)
    }

    @Test func `damage is named, and refused where nothing else was asked for`() async throws {
        let service = try await SharedService.empty()
        service.service.performance.logLatency("good", durationMS: 1)
        try await service.service.performance.flush()
        try await service.redis.ask("SET", "usdcop:performance:bad", "x")
        try await service.redis.ask("ZADD", "usdcop:index:operations", "+inf", "bad")
        let all = try await service.get(Self.target).json
        #expect(all["count"] == 1)
        #expect(all["unreadable"] == ["usdcop:performance:bad"])
        let one = try await service.get(Self.target + "?operation=bad")
        #expect(one.status == 500 && one.code == "data_conflict" && one.json["key"] == "usdcop:performance:bad")
    }

    @Test func `while Redis is away reads are refused, and the samples wait`() async throws {
        try await RunningService.with { (service) async throws in
            let performance = service.service.performance
            performance.logLatency("a", durationMS: 1)
            #expect(try await service.get(Self.target).json["count"] == 1)
            service.redis.kill()
            let reply = try await service.get(Self.target)
            #expect(reply.status == 503)
            performance.logLatency("a", durationMS: 2)
            #expect(try await service.request("DELETE", Self.target).status == 503)
            #expect(performance.status.waiting == 1)
        }
    }

    @Test func `with memory the samples of this process are there`() async throws {
        try await RunningService.with {
            $0.backend = .memory
        } _: { (service) async throws in
            service.service.performance.logLatency("a", durationMS: 1)
            let reply = try await service.get(Self.target)
            #expect(reply.json["count"] == 1 && reply["X-Cache-Backend"] == "memory")
        }
    }
}

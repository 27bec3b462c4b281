import CacheServices
import Testing

@testable import DashboardServer

@Suite(.serialized, .sharedService, .timeLimit(.minutes(1)))
struct MetricsRoutesTests {
    @Test func `stores, updates in part, and clears the desk's figures`() async throws {
        let service = try await SharedService.empty()
        #expect(try await service.get("/api/cache/metrics").json == ["freshness_ms": .null, "metrics": .null])
        let put = try await service.send("PUT", "/api/cache/metrics", #"{"metrics": \#(Samples.metrics)}"#)
        #expect(put.status == 200)
        #expect(put.json["stored"] == "redis")
        let read = try await service.get("/api/cache/metrics")
        #expect(read.json["metrics"] == put.json["metrics"])
        #expect((read.json["freshness_ms"]?.double ?? 0) > 1e9)
        let patch = try await service.send("PATCH", "/api/cache/metrics", #"{"metrics": {"win_rate": 0.7}}"#)
        #expect(patch.status == 200)
        #expect(patch.json["metrics"]?["win_rate"] == 0.7)
        #expect(patch.json["metrics"]?["total_trades"] == 42)
        #expect(patch.json["stored"] == "redis")
        #expect(try await service.request("DELETE", "/api/cache/metrics").json == ["cleared": 1])
        #expect(try await service.get("/api/cache/metrics").json["metrics"] == .null)
    }

    @Test func `absent figures stay absent`() async throws {
        let service = try await SharedService.empty()
        let patch = try await service.send("PATCH", "/api/cache/metrics", #"{"metrics": {"total_trades": 1}}"#)
        #expect(patch.json["metrics"]?.members?.map(\.name) == ["timestamp", "total_trades"])
    }

    @Test(arguments: [("signals_per_minute", "12.5"), ("mood%20of%20the%20desk", #""calm""#), ("a%2Fb:c.d-e_f", "0")])
    func `keeps custom metrics under names with spaces and slashes`(name: String, value: String) async throws {
        let service = try await SharedService.empty()
        let target = "/api/cache/metrics/custom/\(name)"
        #expect(try await service.get(target).json["value"] == .null)
        let put = try await service.send("PUT", target, #"{"value": \#(value)}"#)
        #expect(put.status == 200)
        #expect(put.json["stored"] == "redis")
        #expect(try await service.get(target).json["value"] == (try Samples.json(value)))
        let all = try await service.get("/api/cache/metrics/custom")
        #expect(all.json["count"] == 1)
        #expect(all.json["metrics"]?.members?.map(\.value) == [try Samples.json(value)])
        #expect(try await service.request("DELETE", target).json == ["cleared": 1])
        #expect(try await service.request("DELETE", target).json == ["cleared": 0])
        #expect(try await service.get("/api/cache/metrics/custom").json["count"] == 0)
    }

    @Test func `clearing the metrics leaves the positions`() async throws {
        let service = try await SharedService.empty()
        _ = try await service.send("PUT", "/api/cache/positions/USDCOP", #"{"position": \#(Samples.position)}"#)
        _ = try await service.send("PUT", "/api/cache/metrics", #"{"metrics": \#(Samples.metrics)}"#)
        _ = try await service.send("PUT", "/api/cache/metrics/custom/a", #"{"value": 1}"#)
        #expect(try await service.request("DELETE", "/api/cache/metrics").json == ["cleared": 2])
        #expect(try await service.get("/api/cache/positions").json["count"] == 1)
    }
}

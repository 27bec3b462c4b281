import CacheServices
import Hiredis
import RedisTesting
import TestTurns
import Testing

@testable import DashboardServer

@Suite("/api/alerts", .takesTurns, .serialized, .sharedService, .timeLimit(.minutes(1)))
struct AlertsRouteTests {
    private static let target = "/api/alerts"

    private func add(_ service: RunningService, _ id: String) async throws {
        let json = """
            {"at":"2025-01-15T10:30:00.000Z","from":"healthy","id":"\(id)","kind":"service","latency_ms":1200,"message":"m \(id)","reason":null,\
            "service":"trading-api","to":"unhealthy"}
            """
        try await service.redis.ask("XADD", "usdcop:alerts", "*", "kind", "alert", "id", .text(id), "alert", .text(json))
        try await service.redis.ask(
            "XADD", "usdcop:alerts", "*", "kind", "delivery", "id", .text(id), "channel", "mailto:a@b", "result", "failed", "attempts", "3",
            "at", "2025-01-15T10:31:00.000Z", "detail", "timeout")
    }

    @Test func `alerts come newest first, each with what became of it`() async throws {
        let service = try await SharedService.empty()
        #expect(try await service.get(Self.target).json["alerts"] == [])
        for id in ["a", "b", "c"] { try await add(service, id) }
        let reply = try await service.get(Self.target)
        #expect(reply.status == 200 && reply["ETag"] != nil)
        #expect(reply.json["alerts"]?.elements?.map { $0["id"] } == ["c", "b", "a"])
        let newest = reply.json["alerts"]?.elements?.first
        #expect(newest?["latency_ms"] == 1200 && newest?["message"] == "m c" && newest?["to"] == "unhealthy")
        // The service may have recorded meanwhile that it has no channel, also between the two entries.
        let delivery = newest?["deliveries"]?.elements?.first { $0["channel"] == "mailto:a@b" }
        #expect(delivery?["result"] == "failed" && delivery?["attempts"] == 3)
        #expect(delivery?["at"] == "2025-01-15T10:31:00.000Z" && delivery?["detail"] == "timeout")
        let two = try await service.get(Self.target + "?limit=2").json
        #expect(two["count"] == 2 && two["alerts"]?.elements?.map { $0["id"] } == ["c", "b"])
    }

    @Test(arguments: [
        ("?limit=0", ["limit"]), ("?limit=1001", ["limit"]), ("?limit=x", ["limit"]), ("?limit=1&limit=1", ["limit"]),
        ("?since=1", ["since"]),
    ])
    func `a wrong query is a 400 that names every parameter`(query: String, wrong: [String]) async throws {
        let reply = try await #require(SharedService.current).get(Self.target + query)
        #expect(reply.status == 400 && reply.wrong == wrong)
    }

    @Test func `damage is named, and a foreign value is refused and left alone`() async throws {
        let service = try await SharedService.empty()
        // In one step: what became of the alerts of another test may still be recorded, and stands behind it then.
        let script = "redis.call('DEL', KEYS[1]) return redis.call('XADD', KEYS[1], '1-1', 'kind', 'poem')"
        try await service.redis.ask("EVAL", .text(script), "1", "usdcop:alerts")
        #expect(try await service.get(Self.target).json["unreadable"] == ["1-1"])
        try await service.redis.ask("SET", "usdcop:alerts", "mine")
        let reply = try await service.get(Self.target)
        #expect(reply.status == 500 && reply.code == "data_conflict")
        #expect(try await service.redis.ask("GET", "usdcop:alerts").text == "mine")
    }

    @Test func `a risk alert of the trail is among them`() async throws {
        let service = try await SharedService.empty()
        let body =
            #"{"event_type":"RISK_ALERT","data":{"type":"MAX_DRAWDOWN","severity":"high","message":"too deep","threshold":10,"current_value":12}}"#
        let recorded = try await service.send("POST", "/api/audit/signals", body)
        #expect(recorded.status == 201)
        try await eventually { try await service.get(Self.target).json["count"] == 1 }
        let alert = try await service.get(Self.target).json["alerts"]?.elements?.first
        #expect(alert?["kind"] == "risk" && alert?["severity"] == "high" && alert?["message"] == "too deep")
        // This service has no channel, and says so.
        try await eventually {
            let deliveries = try await service.get(Self.target).json["alerts"]?.elements?.first?["deliveries"]?.elements
            return deliveries?.map { $0["result"] } == ["unsent"]
        }
        #expect(alert?["id"] == recorded.json["entry"]?["audit_id"])
    }
}

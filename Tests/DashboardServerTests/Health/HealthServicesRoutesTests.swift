import CacheServices
import HealthServices
import Hiredis
import RedisTesting
import TestTurns
import Testing

@testable import DashboardServer

@Suite(.takesTurns, .timeLimit(.minutes(1)))
struct HealthServicesRoutesTests {
    private static let target = "/api/health/services"
    private static let administrator = [("X-API-Key", "administrator-key-0123456789")]

    @Test func `the whole is 503 while one service is down, and 200 else`() async throws {
        let down = try FreePort.find()
        try await RunningService.with {
            $0.health.services = (try? [ServiceConfig(name: "api", url: ProbeURL("tcp://127.0.0.1:\(down)"))]) ?? []
        } _: { (service) async throws in
            let server = try await RogueServer.start(port: down, on: .connect, [])
            try await eventually { try await service.get(Self.target + "?refresh=true").status == 200 }
            let well = try await service.get(Self.target).json
            #expect(well["overall_status"] == "healthy")
            #expect(well["summary"]?["total_services"] == 2)
            #expect(well["services"]?.elements?.map { $0["service"] } == ["api", "redis"])
            #expect(well["source"] == "monitor")
            try await server.stop()
            let one = try await service.send("POST", Self.target, #"{"service": "api"}"#)
            #expect(one.status == 200)
            #expect(one.json["status"] == "unhealthy")
            #expect(one.json["metadata"]?["reason"] == "The connection was refused.")
            let refreshed = try await service.get(Self.target + "?refresh=true")
            #expect(refreshed.status == 503)
            #expect(refreshed.json["overall_status"] == "unhealthy")
            let history = try await service.get(Self.target + "?type=history&service=api").json
            #expect(history["count"] == .integer(history["history"]?.elements?.count ?? -1))
            #expect(history["history"]?.elements?.first?["success"] != nil)
            // Asking often writes no history.
            for _ in 0..<10 { _ = try await service.get(Self.target + "?refresh=true") }
            #expect(try await service.get(Self.target + "?type=history&service=api").json["count"] == history["count"])
            #expect(try await service.get(Self.target + "?type=history&service=nobody").status == 404)
        }
    }

    @Test func `administrators register and unregister, and nobody else does`() async throws {
        let keys = try KeyRing(lines: AccessTests.keys)
        try await RunningService.with {
            $0.keys = keys
        } _: { (service) async throws in
            let body = #"{"url": "http://127.0.0.1:9/health", "check_interval_ms": 60000, "timeout_ms": 200}"#
            let writer = [("X-API-Key", "writer-key-0123456789")]
            #expect(try await service.send("PUT", Self.target + "/risk", body, headers: writer).status == 403)
            let created = try await service.send("PUT", Self.target + "/risk%2Fengine", body, headers: Self.administrator)
            #expect(created.status == 201)
            #expect(created.json["service"]?["name"] == "risk/engine")
            #expect(created.json["service"]?["origin"] == "administrator")
            #expect(try await service.send("PUT", Self.target + "/risk%2Fengine", body, headers: Self.administrator).status == 200)
            try await eventually {
                try await service.get(Self.target + "?type=registry", headers: writer).json["statuses"]?.elements?.contains {
                    $0["service"] == "risk/engine" && $0["last_check"] != .null
                } ?? false
            }
            let gone = try await service.request("DELETE", Self.target + "/risk%2Fengine", headers: Self.administrator)
            #expect(gone.status == 200)
            #expect(try await service.request("DELETE", Self.target + "/risk%2Fengine", headers: Self.administrator).status == 404)
        }
    }

    @Test(
        arguments: [
            (#"{"url": "file:///etc/passwd"}"#, "url"), (#"{"url": "tcp://127.0.0.1:6379"}"#, "url"), (#"{"url": "http://u:p@h/"}"#, "url"),
            (#"{"url": "redis://h"}"#, "url"), (#"{}"#, "url"), (#"{"url": "http://h/", "timeout_ms": 0}"#, "timeout_ms"),
            (#"{"url": "http://h/", "check_interval_ms": 1.5}"#, "check_interval_ms"), (#"{"url": "http://h/", "follow": true}"#, "follow"),
            (#"{"url": 5}"#, "url"), (#"{"url": "http://h/?token=u:p"}"#, "url"),
            (#"{"url": "http://h/", "check_interval_ms": 21600001}"#, "check_interval_ms"),
        ])
    func `a body that is wrong is refused by name, and nothing of it is repeated`(body: String, field: String) async throws {
        let keys = try KeyRing(lines: AccessTests.keys)
        try await RunningService.with {
            $0.keys = keys
        } _: { (service) async throws in
            let answer = try await service.send("PUT", Self.target + "/x", body, headers: Self.administrator)
            #expect(answer.status == 422)
            #expect(answer.json["errors"]?.elements?.map { $0["field"]?.text } == [field])
            #expect(!answer.text.contains("passwd") && !answer.text.contains("u:p"))
            let names = try await service.get(Self.target + "?type=registry", headers: Self.administrator).json["services"]?.elements
            #expect(names?.map { $0["name"] } == ["redis"])
        }
    }

    @Test func `one service more than can be watched is refused by a code of its own`() async throws {
        let keys = try KeyRing(lines: AccessTests.keys)
        try await RunningService.with {
            $0.keys = keys
        } _: { (service) async throws in
            let script = """
                for index = 1, \(ServiceRegistry.maximumServices) do
                  redis.call('HSET', KEYS[1], 's' .. index, '{"url":"http://127.0.0.1:9/","check_interval_ms":21600000}')
                end
                """
            try await service.redis.ask("EVAL", .text(script), "1", "usdcop:health:services")
            let body = #"{"url": "http://127.0.0.1:9/"}"#
            let refused = try await service.send("PUT", Self.target + "/more", body, headers: Self.administrator)
            #expect(refused.status == 409)
            #expect(refused.json["code"] == "too_many_services")
            #expect(try await service.send("PUT", Self.target + "/s1", body, headers: Self.administrator).status < 300)
        }
    }

    @Test func `a process that does not check shows at its metrics what the other found`() async throws {
        let redis = try await PrivateRedis.start()
        try await RunningService.with(redis: redis) { (leader) async throws in
            try await eventually { try await leader.metrics()["usdcop_health_leader"] == 1 }
            try await RunningService.with(redis: redis) { (follower) async throws in
                try await eventually {
                    try await follower.metrics()[#"usdcop_service_status{service="redis",status="healthy"}"#] == 1
                }
                let metrics = try await follower.metrics()
                #expect(metrics["usdcop_health_leader"] == 0)
                #expect(metrics[#"usdcop_service_latency_seconds{service="redis"}"#] != nil)
            }
        }
    }

    @Test(arguments: ["?type=other", "?refresh=yes", "?refresh=true&refresh=true", "?type=history", "?type=registry&refresh=true", "?x=1"])
    func `a query that is wrong is 400`(query: String) async throws {
        try await RunningService.with { (service) async throws in
            #expect(try await service.get(Self.target + query).status == 400)
            #expect(try await service.send("POST", Self.target, #"{"service": "nobody"}"#).status == 404)
        }
    }
}

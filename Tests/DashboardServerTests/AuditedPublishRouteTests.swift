import CacheServices
import Foundation
import Hiredis
import LoggingServices
import RedisTesting
import TestTurns
import Testing

@testable import DashboardServer

/// Each on a Redis of its own: a trail that is flushed under its writer says so.
@Suite(.takesTurns, .serialized, .timeLimit(.minutes(1)))
struct AuditedPublishRouteTests {
    @Test func `publishes a signal with its event, once`() async throws {
        try await RunningService.with { (service) async throws in
            let body = #"{"signal": \#(Samples.signal), "audit": true}"#
            let first = try await service.send("POST", "/api/cache/signals", body)
            #expect(first.status == 201)
            #expect(first.json["history"] == "added")
            #expect(first.json["audit"]?["durability"] == "aof-everysec")
            let again = try await service.send("POST", "/api/cache/signals", body)
            #expect(again.status == 201)
            #expect(again.json["history"] == "duplicate")
            #expect(again.json["audit"] == .null)
            let trail = try await service.get("/api/audit/signals?eventType=SIGNAL_GENERATED")
            #expect(trail.json["count"] == 1)
            #expect(trail.json["entries"]?.elements?.first?["audit_id"] == first.json["audit"]?["audit_id"])
        }
    }

    @Test func `while Redis is away both are spooled, and both are there afterwards`() async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("usdcop-publish-\(UUID().uuidString.prefix(8))")
        defer { try? FileManager.default.removeItem(at: directory) }
        try await RunningService.with {
            $0.audit.stateDirectory = directory
        } _: { (service) async throws in
            _ = try await service.send("POST", "/api/cache/signals", #"{"signal": \#(Samples.signal), "audit": true}"#)
            service.redis.kill()
            let later = Samples.signal("sig_124", at: "2025-01-15T10:31:00Z")
            let spooled = try await service.send("POST", "/api/cache/signals", #"{"signal": \#(later), "audit": true}"#)
            #expect(spooled.status == 202)
            #expect(spooled.json["audit"]?["durability"] == "spooled")
            try await service.redis.start()
            try await eventually {
                let history = try await service.get("/api/cache/signals?type=history&symbol=USDCOP")
                let trail = try await service.get("/api/audit/signals?eventType=SIGNAL_GENERATED")
                return trail.json["entries"]?.elements?.first?["metadata"]?["signal_id"] == "sig_124"
                    && history.json["signals"]?.elements?.first?["signal_id"] == "sig_124"
            }
        }
    }

    @Test func `the success rate counts what was filled of what was executed`() async throws {
        try await RunningService.with { (service) async throws in
            func rate() async throws -> JSONValue? {
                try await service.get("/api/cache/signals?type=stats&symbol=USDCOP").json["stats"]?["success_rate"]
            }
            for number in 1...4 {
                let signal = Samples.signal("sig-\(number)", at: "2025-01-15T10:3\(number):00Z")
                _ = try await service.send("POST", "/api/cache/signals", #"{"signal": \#(signal)}"#)
            }
            #expect(try await rate() == .null)
            let executions = [
                ("sig-1", "filled"), ("sig-2", "rejected"), ("sig-3", "rejected"), ("sig-3", "filled"), ("other", "filled"),
            ]
            for (id, status) in executions {
                let execution = """
                    {"execution_id": "x", "price": 4250, "quantity": 1, "status": "\(status)", "timestamp": "2025-01-15T11:00:00Z"}
                    """
                let data = #"{"signal": \#(Samples.signal(id, at: "2025-01-15T10:30:00Z")), "execution": \#(execution)}"#
                let reply = try await service.send(
                    "POST", "/api/audit/signals", #"{"event_type": "SIGNAL_EXECUTED", "data": \#(data)}"#)
                #expect(reply.status == 201)
            }
            let found = try #require(try await rate()?.double)
            #expect(abs(found - 2.0 / 3.0) < 1e-12)
        }
    }
}

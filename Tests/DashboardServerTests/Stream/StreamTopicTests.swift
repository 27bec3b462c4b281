import CacheServices
import HealthServices
import Hiredis
import RedisTesting
import TestTurns
import Testing

@testable import DashboardServer

@Suite(.takesTurns, .timeLimit(.minutes(1)))
struct StreamTopicTests {
    @Test(arguments: [CacheBackendChoice.auto, .memory])
    func `a service that is registered, checked and removed is seen at every step`(backend: CacheBackendChoice) async throws {
        let keys = try KeyRing(lines: AccessTests.keys)
        let boss = [("X-API-Key", "administrator-key-0123456789")]
        try await RunningService.with {
            $0.keys = keys
            $0.backend = backend
        } _: { (service) async throws in
            try await EventStreamClient.open(port: service.port, topics: "health", headers: boss) { (client) async throws in
                _ = try await client.next("open")
                let target = "http://127.0.0.1:\(service.port)/livez"
                let put = try await service.send("PUT", "/api/health/services/desk", #"{"url": "\#(target)"}"#, headers: boss)
                #expect(put.status == 201)
                var events: [EventStreamClient.Event] = []
                func next(_ event: String) async throws -> EventStreamClient.Event {
                    while true {
                        let found = try await client.next("health")
                        if found.key == "health:status:desk", found.event == event { return found }
                        events.append(found)
                    }
                }
                let registered = try await next("registered")
                #expect(registered.value["service"] == "desk")
                #expect(registered.value["last_check"] == .null)
                let checked = try await next("checked")
                #expect(checked.value["status"] == "healthy")
                let listed = try await service.get("/api/health/services", headers: boss)
                let shown = listed.json["services"]?.elements?.first { $0["service"] == "desk" }
                #expect(checked.value == shown)
                _ = try await service.request("DELETE", "/api/health/services/desk", headers: boss)
                let removed = try await next("unregistered")
                #expect(removed.value == .null)
                // Registering the same again says something only when it is news.
                #expect(!events.contains { $0.event == "registered" && $0.key == "health:status:desk" })
            }
        }
    }

    @Test func `what a server registers again at its start is no news`() async throws {
        try await RunningService.with { (service) async throws in
            try await eventually { try await service.redis.ask("HLEN", "usdcop:health:services").integer == 1 }
            try await EventStreamClient.open(port: service.port, topics: "health") { (client) async throws in
                _ = try await client.next("open")
                try await RunningService.with(redis: service.redis) { (other) async throws in
                    try await eventually { other.service.health.mode == .follower }
                    _ = await other.service.health.refresh()
                }
                try await service.service.health.registerService(
                    ServiceConfig(name: "last", healthCheck: { HealthCheckResult(success: true, latency: .milliseconds(1)) }))
                var registered: [String?] = []
                while registered.last != "health:status:last" {
                    let event = try await client.next("health")
                    if event.event == "registered" { registered.append(event.key) }
                }
                #expect(registered == ["health:status:last"])
            }
        }
    }

    @Test func `latency comes at once to whoever comes later, and only when something changed`() async throws {
        try await RunningService.with { (service) async throws in
            try await EventStreamClient.open(port: service.port, topics: "latency") { (one) async throws in
                _ = try await one.next("open")
                let empty = try await one.next("latency")
                #expect(empty.event == "summary")
                #expect(empty.key == "latency:measurements")
                #expect(empty.value == ["stats": [], "trend": []])
                service.service.latency.recordLatency("api", "get", latencyMS: 7)
                let filled = try await one.next("latency")
                #expect(filled.value["stats"] == (try await service.get("/api/health/latency").json["stats"]))
                try await EventStreamClient.open(port: service.port, topics: "latency") { (two) async throws in
                    _ = try await two.next("open")
                    #expect(try await two.next("latency").value["stats"] == filled.value["stats"])
                }
            }
        }
    }

    @Test func `the backend is what the routes say of it`() async throws {
        try await RunningService.with { (service) async throws in
            try await EventStreamClient.open(port: service.port, topics: "backend") { (client) async throws in
                _ = try await client.next("open")
                let event = try await client.next("backend")
                #expect(event.event == "status")
                #expect(event.key == "")
                let stats = try await service.get("/api/cache/stats").json
                #expect(event.value["backend"] == stats["backend"])
                #expect(event.value["stats"]?.members?.map(\.name) == stats["stats"]?.members?.map(\.name))
                #expect(event.value["ready"] == (try await service.get("/readyz").json))
            }
        }
    }
}

extension StreamTopicTests {
    @Test func `while Redis is away this process shows what it finds by itself`() async throws {
        try await RunningService.with { (service) async throws in
            try await service.service.health.registerService(
                ServiceConfig(
                    name: "desk", checkInterval: .milliseconds(500),
                    healthCheck: { HealthCheckResult(success: true, latency: .milliseconds(1)) }))
            try await EventStreamClient.open(port: service.port, topics: "health") { (client) async throws in
                _ = try await client.next("open")
                func next(numbered isNumbered: Bool) async throws -> EventStreamClient.Event {
                    while true {
                        let event = try await client.next("health")
                        if event.key == "health:status:desk", event.event == "checked", (event.id != nil) == isNumbered { return event }
                    }
                }
                #expect(try await next(numbered: true).value["status"] == "healthy")
                service.redis.kill()
                #expect(try await next(numbered: false).value["status"] == "healthy")
                try await service.redis.start()
                #expect(try await next(numbered: true).value["status"] == "healthy")
            }
        }
    }
}

import CacheServices
import RedisTesting
import TestTurns
import Testing

@testable import DashboardServer

@Suite(.takesTurns, .timeLimit(.minutes(1)))
struct CacheStatsRouteTests {
    @Test func `the statistics say all that the dashboard shows of the backend`() async throws {
        try await RunningService.with(redis: try await PrivateRedis.start("--appendonly", "yes", namespaces: ["desk"])) {
            $0.namespace = "desk"
        } _: { (service) async throws in
            let stats = try await service.get("/api/cache/stats").json
            #expect(stats["backend"]?["mode"] == "redis")
            #expect(stats["durability"] == "aof-everysec")
            #expect(stats["namespace"] == "desk")
            #expect(stats["ready"]?["ready"] == true)
            #expect(stats["ready"]?["redis"]?["role"] == "master")
            #expect(stats["redis_cli"]?.text?.hasPrefix("redis-cli ") == true)
            #expect(stats["stats"]?["size"] == .integer(0))
        }
    }

    @Test func `with memory there is no Redis to ask`() async throws {
        try await RunningService.with(redis: try PrivateRedis()) {
            $0.backend = .memory
        } _: { (service) async throws in
            let stats = try await service.get("/api/cache/stats").json
            #expect(stats["redis_cli"] == .null)
            #expect(stats["durability"] == "none")
            #expect(stats["ready"]?["warnings"]?.elements?.first?["code"] == "memory_backend")
        }
    }
}

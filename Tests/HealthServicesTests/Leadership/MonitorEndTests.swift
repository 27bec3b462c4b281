import CacheServices
import Hiredis
import RedisTesting
import TestTurns
import Testing

@testable import HealthServices

@Suite(.takesTurns, .timeLimit(.minutes(2)))
struct MonitorEndTests {
    @Test func `when the monitor is gone every reader says so within three intervals`() async throws {
        let server = try await PrivateRedis.start()
        let stand = try await StandInService.start(.answers(200))
        try await withMonitor(on: server.configuration, [.quick("api", stand.url)]) { checker in
            try await eventually { await checker.getServiceHealth("api")?.status == .healthy }
        }
        let end = ContinuousClock.now
        try await RedisClient.withClient(server.configuration, logger: .silent) { client in
            let reader = HealthChecker(redis: client, settings: HealthSettings(), isLasting: false, audit: nil, logger: .silent)
            #expect(await reader.getServiceHealth("api")?.status == .healthy)
            try await eventually { await reader.getServiceHealth("api")?.status == .unhealthy }
            #expect(end.duration(to: .now) <= .milliseconds(1700))
            let health = await reader.getServiceHealth("api")
            #expect(health?.metadata["last_status"] == "healthy")
            #expect(health?.metadata["age_seconds"] != nil)
        }
    }

    @Test func `another process takes over within one interval, and goes on counting`() async throws {
        let server = try await PrivateRedis.start()
        let stand = try await StandInService.start(.answers(200))
        let service = try ServiceConfig.quick("api", stand.url, interval: 1000)
        try await withMonitor(on: server.configuration, [service]) { second in
            try await eventually { second.mode == .leader }
            let first = try #require(second.lease?.fence)
            // As if its process had been killed: nothing is given back.
            try await server.ask("SET", "usdcop:health:leader", "another 17", "PX", "600")
            try await eventually { second.lease?.fence == nil }
            let taken = try await eventually { second.lease?.fence != nil }
            #expect(taken < .seconds(1))
            #expect(try #require(second.lease?.fence) > first)
            let requests = stand.requests
            try await eventually { stand.requests > requests }
            // The request is seen before what it found is written.
            try await eventually { await second.getServiceHealth("api")?.details.errorRate == 0 }
        }
    }

    @Test func `while Redis is away every process checks for itself and says so`() async throws {
        let server = try await PrivateRedis.start()
        let stand = try await StandInService.start(.answers(200))
        let log = RecordedLog()
        try await withMonitor(on: server.configuration, [.quick("api", stand.url)], logger: log.logger) { checker in
            try await eventually { checker.mode == .leader }
            try await eventually { await checker.getServiceHealth("api")?.status == .healthy }
            server.kill()
            try await eventually(within: .seconds(20)) { if case .alone = checker.mode { true } else { false } }
            stand.behave(.answers(500))
            try await eventually { await checker.getServiceHealth("api")?.status == .unhealthy }
            let health = await checker.getSystemHealth()
            #expect(health.jsonValue["source"]?.text == "this_process")
            #expect(await checker.checkService("redis")?.status == .unhealthy)
            try await server.start()
            try await eventually(within: .seconds(20)) { checker.mode == .leader }
            // Redis came back empty: registry and statuses are there again.
            try await eventually(within: .seconds(20)) { await checker.getSystemHealth().source == .monitor }
            try await eventually { try await server.ask("HLEN", "usdcop:health:services").integer == 2 }
            try await eventually(within: .seconds(20)) { try await server.ask("EXISTS", "usdcop:health:status:api").integer == 1 }
        }
        #expect(log.messages.filter { $0 == "warning: monitors the services for itself" }.count == 1)
    }

    @Test func `without Redis a process watches for itself`() async throws {
        let stand = try await StandInService.start(.answers(200, after: .milliseconds(600)))
        try await withMonitor(on: nil, [.quick("api", stand.url, timeout: 2000)]) { checker in
            try await eventually { await checker.getSystemHealth().overallStatus == .degraded }
            #expect(await checker.getSystemHealth().services.map(\.service) == ["api"])
            try await eventually { await checker.getServiceHealth("api")?.status == .degraded }
        }
    }
}

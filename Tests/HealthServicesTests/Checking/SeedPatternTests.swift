import CacheServices
import Logging
import RedisTesting
import Synchronization
import TestTurns
import Testing

@testable import HealthServices

/// The seed's examples of the health services, in Swift.
@Suite(.takesTurns, .timeLimit(.minutes(1)))
struct HealthSeedPatternTests {
    @Test func `health monitoring`() async throws {
        let api = try await StandInService.start(.answers(200))
        let server = try await PrivateRedis.start()
        try await withMonitor(on: server.configuration, []) { healthChecker in
            // Register services for monitoring.
            try await healthChecker.registerService(
                ServiceConfig(
                    name: "trading-api", url: ProbeURL("http://localhost:\(api.port)/health"), checkInterval: .milliseconds(30_000)))
            // Check service health.
            let health = await healthChecker.checkService("trading-api")
            #expect(health?.status == .healthy)
            let systemHealth = await healthChecker.checkAllServices()
            #expect(systemHealth.jsonValue["overall_status"]?.text == "healthy")
        }
    }

    @Test func `pattern 2: health check with alerts`() async throws {
        let log = RecordedLog()
        let logger = log.logger
        let isUp = Mutex(true)
        let sent = Mutex<[String]>([])

        @Sendable func checkService() async -> HealthCheckResult {
            HealthCheckResult(success: isUp.withLock { $0 }, latency: .zero, error: "Health check failed")
        }
        @Sendable func sendAlert(_ text: String) async { sent.withLock { $0.append(text) } }

        let server = try await PrivateRedis.start()
        try await withMonitor(on: server.configuration, []) { healthChecker in
            try await healthChecker.registerService(
                ServiceConfig(name: "critical-service", checkInterval: .milliseconds(500)) {
                    let health = await checkService()
                    if !health.success {
                        logger.error("Critical service unhealthy")
                        await sendAlert("Service down")
                    }
                    return health
                })
            try await eventually { await healthChecker.getServiceHealth("critical-service")?.status == .healthy }
            isUp.withLock { $0 = false }
            try await eventually { await healthChecker.getServiceHealth("critical-service")?.status == .unhealthy }
            #expect(await healthChecker.getServiceHealth("critical-service")?.reason == "Health check failed")
        }
        #expect(sent.withLock { $0.first } == "Service down")
        #expect(log.messages.contains("error: Critical service unhealthy"))
    }
}

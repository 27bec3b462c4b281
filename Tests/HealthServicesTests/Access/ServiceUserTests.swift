import CacheServices
import Hiredis
import LoggingServices
import RedisTesting
import Testing

@testable import HealthServices

extension Live {
    /// What the services of this room need of Redis is what the user of the Compose file may; what Redis refused fails a test at its end.
    @Suite("The user in scripts/docker/users.acl", .timeLimit(.minutes(2)))
    struct ServiceUserTests {
        @Test func `may do what the checker and the alerts do`() async throws {
            let server = try await PrivateRedis.start()
            let configuration = server.configuration
            let (sink, stand) = (WebhookSink(), try await StandInService.start(.answers(200)))
            let settings = try AlertSettings.webhook(try await sink.start())
            let own = try ServiceConfig(name: "own", checkInterval: .milliseconds(500), timeout: .seconds(1)) {
                HealthCheckResult(success: true, latency: .zero)
            }
            try await withWatching(on: configuration, [.quick("api", stand.url), own], settings) { leader in
                try await withWatching(on: configuration, [], settings) { other in
                    try await eventually(within: .seconds(20)) { await leader.checker.getServiceHealth("own")?.status == .healthy }
                    try await eventually(within: .seconds(20)) { await other.checker.getServiceHealth("api")?.status == .healthy }
                    stand.behave(.answers(500))
                    try await eventually(within: .seconds(20)) { sink.keys(of: "api").count == 1 }
                    try await eventually { try await other.alerts.log.recent().alerts.first?.deliveries.first?.result == .sent }
                    #expect(try await other.checker.registry.history(of: "api").contains { $0.from == .healthy })
                    #expect(try await leader.checker.unregisterService("api"))
                    #expect(await other.checker.getServiceHealth("api") == nil)
                    // As a process does that had lost sight of Redis.
                    let health = ServiceHealth(service: "redis", status: .unhealthy, latency: .zero, lastCheck: .now)
                    let change = LoneChange(health, from: .healthy, at: .now, base: "17", step: 9)
                    other.checker.spool.add(change)
                    try await eventually(within: .seconds(20)) { sink.keys(of: "redis", to: "healthy").count == 1 }
                    let risk = try RiskAlert(
                        type: "MAX_DRAWDOWN", severity: "high", message: "too deep", threshold: 10, currentValue: 12, symbol: "USDCOP")
                    let event = try await leader.audit.logRiskAlert(risk)
                    try await eventually(within: .seconds(20)) { sink.requests.contains { $0.key == event.entry.auditID } }
                }
            }
            #expect(try await server.ask("EXISTS", "usdcop:health:leader", "usdcop:health:owner:own").integer == 0)
        }

        @Test func `may do what the latency monitor does, and take out the samples of one service`() async throws {
            let server = try await PrivateRedis.start()
            let configuration = server.configuration
            var limits = LatencyLimits()
            limits.samples = 1000
            try await withRunningLatency(on: server, limits: limits, configuration: configuration) { latency in
                for number in 0..<1500 {
                    latency.recordLatency(number % 3 == 0 ? "a" : "b", "op", latencyMS: Double(number))
                }
                try await latency.flush()
                #expect(try await server.ask("XLEN", "usdcop:latency:measurements").integer == 1000)
                try await eventually { try await latency.getLatencyStats("b").value.first?.count == 667 }
                let calls = try await server.commandCalls()
                let cleared = try await latency.clearMeasurements("a")
                #expect(cleared == 333)
                #expect(try await server.commandCalls()["xdel", default: 0] > calls["xdel", default: 0])
                try await eventually { try await latency.getLatencyStats("a").value.isEmpty }
                #expect(try await latency.clearMeasurements() == 667)
            }
        }
    }
}

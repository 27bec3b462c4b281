import CacheServices
import Hiredis
import RedisTesting
import Synchronization
import TestTurns
import Testing

@testable import HealthServices

@Suite(.takesTurns, .timeLimit(.minutes(1)))
struct OnDemandTests {
    private func length(_ server: PrivateRedis) async throws -> Int? {
        try await server.ask("XLEN", "usdcop:health:history:api").integer.map { Int($0) }
    }

    /// What a check found is seen before it ends, and until then a check on demand joins it.
    private func nothingIsUnderWay(in checker: HealthChecker) async throws {
        try await eventually { checker.state.withLock { $0.inFlight.isEmpty } }
    }

    @Test func `checks on demand are answered and seen, and neither alert nor fill the history`() async throws {
        let server = try await PrivateRedis.start()
        let stand = try await StandInService.start(.answers(200))
        try await withMonitor(on: server.configuration, [.quick("api", stand.url, interval: 60_000)]) { checker in
            try await eventually { try await length(server) == 1 }
            let state = try await server.ask("HGET", "usdcop:health:transitions", "api").text
            try await nothingIsUnderWay(in: checker)
            stand.behave(.answers(500))
            for _ in 0..<20 { #expect(await checker.checkAllServices().overallStatus == .unhealthy) }
            #expect(await checker.checkService("api")?.status == .unhealthy)
            #expect(await checker.getServiceHealth("api")?.status == .unhealthy)
            #expect(try await server.ask("GET", "usdcop:health:status:api").text?.contains("unhealthy") == true)
            #expect(try await length(server) == 1)
            #expect(try await server.ask("HGET", "usdcop:health:transitions", "api").text == state)
            #expect(try await outbox(of: server).isEmpty)
            stand.behave(.answers(200))
            let health = await checker.checkService("api")
            #expect(health?.status == .healthy)
            #expect(health?.details.errorRate == 0)
        }
    }

    @Test func `a check on demand counts when none has for half an interval`() async throws {
        let server = try await PrivateRedis.start()
        let stand = try await StandInService.start(.answers(200))
        try await withMonitor(on: server.configuration, [.quick("api", stand.url, interval: 60_000)]) { checker in
            try await eventually { try await length(server) == 1 }
            checker.state.withLock { $0.counted["api"] = .now - .seconds(31) }
            _ = await checker.checkService("api")
            #expect(try await length(server) == 2)
            _ = await checker.checkService("api")
            #expect(try await length(server) == 2)
        }
    }

    @Test func `without Redis, too, only checks that count change what is known`() async throws {
        let stand = try await StandInService.start(.answers(200))
        let log = RecordedLog()
        try await withMonitor(on: nil, [.quick("api", stand.url, interval: 60_000)], logger: log.logger) { checker in
            try await eventually { await checker.getServiceHealth("api")?.status == .healthy }
            try await nothingIsUnderWay(in: checker)
            stand.behave(.answers(500))
            for _ in 0..<5 { #expect(await checker.checkService("api")?.status == .unhealthy) }
            #expect(await checker.getServiceHealth("api")?.status == .healthy)
            checker.state.withLock { $0.counted["api"] = .now - .seconds(31) }
            _ = await checker.checkService("api")
            #expect(await checker.getServiceHealth("api")?.status == .unhealthy)
        }
        #expect(log.messages.filter { $0 == "error: service is unhealthy" }.count == 1)
    }
}

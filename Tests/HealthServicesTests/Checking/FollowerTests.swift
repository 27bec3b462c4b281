import CacheServices
import Hiredis
import RedisTesting
import Synchronization
import TestTurns
import Testing

@testable import HealthServices

@Suite(.takesTurns, .timeLimit(.minutes(1)))
struct FollowerTests {
    @Test func `a process that does not check knows how everything is, without being asked`() async throws {
        let server = try await PrivateRedis.start()
        let stand = try await StandInService.start(.answers(200))
        let own = try ServiceConfig(name: "own", checkInterval: .milliseconds(500), timeout: .seconds(1)) {
            HealthCheckResult(success: true, latency: .zero)
        }
        try await withMonitor(on: server.configuration, [.quick("api", stand.url)]) { leader in
            try await eventually { leader.mode == .leader }
            try await withMonitor(on: server.configuration, [own]) { follower in
                try await eventually { follower.registry.getSummary().healthy == 3 }
                #expect(follower.mode == .follower)
                // So does the leader, of what only the other can check.
                try await eventually { leader.registry.getSummary().healthy == 3 }
                stand.behave(.answers(500))
                try await eventually { follower.registry.getServiceStatus("api")?.status == .unhealthy }
            }
        }
    }

    @Test(arguments: ["health:services", "health:epoch", "health:leader"])
    func `a damaged key is named, once, and its end is seen`(name: String) async throws {
        let server = try await PrivateRedis.start()
        let stand = try await StandInService.start(.answers(200))
        let log = RecordedLog()
        try await server.ask("LPUSH", .text("usdcop:" + name), "mine")
        try await withMonitor(on: server.configuration, [.quick("api", stand.url)], logger: log.logger) { checker in
            try await eventually { if case .alone = checker.mode { true } else { false } }
            let requests = stand.requests
            try await eventually { stand.requests > requests + 2 }
            let reason = try #require(await checker.getSystemHealth().jsonValue["source_reason"]?.text)
            #expect(reason.hasPrefix("usdcop:\(name) in Redis is damaged"))
            let warnings = log.records.filter { $0.message == "monitors the services for itself" }
            #expect(warnings.map { $0.metadata["reason"] } == [reason])
            try await server.ask("DEL", .text("usdcop:" + name))
            try await eventually { checker.mode == .leader }
            try await eventually { await checker.getSystemHealth().source == .monitor }
        }
    }

    @Test func `a registry that is damaged later is named, too`() async throws {
        let server = try await PrivateRedis.start()
        try await withMonitor(on: server.configuration, []) { checker in
            try await eventually { checker.mode == .leader }
            let script = "redis.call('DEL', KEYS[1]) redis.call('SET', KEYS[1], 'mine')"
            try await server.ask("EVAL", .text(script), "1", "usdcop:health:services")
            try await eventually {
                if case .alone(let reason) = checker.mode { reason.hasPrefix("usdcop:health:services ") } else { false }
            }
            #expect(checker.registry.getService("redis") != nil)
        }
    }

    @Test func `a change that cannot be recorded is logged, once`() async throws {
        let server = try await PrivateRedis.start()
        let stand = try await StandInService.start(.answers(200))
        let log = RecordedLog()
        try await withMonitor(on: server.configuration, [.quick("api", stand.url)], logger: log.logger) { checker in
            try await eventually { await checker.getServiceHealth("api")?.status == .healthy }
            let script = "redis.call('DEL', KEYS[1]) redis.call('SET', KEYS[1], 'mine')"
            try await server.ask("EVAL", .text(script), "1", "usdcop:health:transitions")
            stand.behave(.answers(500))
            func told() -> Int { log.records.filter { $0.message == "service is unhealthy" && $0.metadata["service"] == "api" }.count }
            try await eventually { told() == 1 }
            let requests = stand.requests
            try await eventually { stand.requests > requests + 2 }
            #expect(told() == 1)
        }
    }

    @Test func `what was kept for a service goes with it, wherever it was unregistered`() async throws {
        let server = try await PrivateRedis.start()
        try await withMonitor(on: server.configuration, []) { checker in
            let own = try ServiceConfig(name: "own", checkInterval: .milliseconds(500), timeout: .seconds(1)) {
                HealthCheckResult(success: true, latency: .zero)
            }
            try await checker.registerService(own)
            try await eventually { checker.state.withLock { $0.owned["own"] != nil && $0.tallies["own"] != nil } }
            #expect(try await checker.store?.forget("own") == true)
            try await eventually {
                checker.state.withLock { $0.owned["own"] == nil && $0.tallies["own"] == nil && $0.counted["own"] == nil }
            }
            #expect(checker.state.withLock { $0.tallies["redis"] != nil })
        }
    }
}

import CacheServices
import Foundation
import Hiredis
import RedisTesting
import Synchronization
import TestTurns
import Testing

@testable import HealthServices

@Suite(.takesTurns, .timeLimit(.minutes(2)))
struct HealthCheckerTests {
    @Test func `every kind of service gets the status that is due to it, with one check in flight at a time`() async throws {
        let manners: [(OperationName, StandInService.Manner, ServiceStatus)] = [
            ("fast", .answers(200), .healthy), ("slow", .answers(200, after: .milliseconds(700)), .degraded),
            ("slower", .answers(200, after: .milliseconds(1300)), .unhealthy), ("failing", .answers(500), .unhealthy),
            ("hanging", .hangs, .unhealthy), ("dripping", .drips, .unhealthy), ("endless", .endless, .healthy),
            ("huge", .body(bytes: 10_737_418_240), .healthy), ("redirecting", .redirects, .unhealthy), ("garbled", .garbage, .unhealthy),
        ]
        var services: [OperationName: StandInService] = [:]
        for (name, manner, _) in manners { services[name] = try await StandInService.start(manner) }
        let stands = services
        let configs = try manners.map { name, _, _ in
            try ServiceConfig.quick(name, stands[name]?.url ?? "", interval: 500, timeout: 1800)
        }
        let server = try await PrivateRedis.start()
        try await withMonitor(on: server.configuration, configs) { checker in
            // A reader waits for none of them.
            try await eventually { stands["hanging"]?.open == 1 }
            for _ in 0..<20 {
                let start = ContinuousClock.now
                let health = await checker.getSystemHealth()
                #expect(start.duration(to: .now) < .milliseconds(250))
                #expect(health.services.count == manners.count + 1)
            }
            try await eventually(within: .seconds(20)) { await checker.getSystemHealth().services.allSatisfy { $0.lastCheck != nil } }
            // Whoever asks for a check joins the one that is under way.
            async let one = checker.checkService("hanging")
            async let two = checker.checkService("hanging")
            let (first, second) = await (one, two)
            #expect(first?.status == .unhealthy && second?.status == .unhealthy)
            let health = await checker.getSystemHealth()
            for (name, _, status) in manners {
                let found = health.services.first { $0.service == name }
                #expect(found?.status == status, "\(name): \(found?.reason ?? "")")
                #expect((found?.reason == nil) == (status == .healthy))
            }
            #expect(health.services.first { $0.service == "redis" }?.status == .healthy)
            #expect(health.overallStatus == .unhealthy)
            #expect(health.source == .monitor)
        }
        for (name, service) in stands {
            #expect(service.mostAtOnce == 1, "\(name)")
            // Of ten gigabytes no more than the kernel's buffers take.
            #expect(service.written / max(1, service.requests) < 32 << 20, "\(name)")
            try await eventually { service.open == 0 }
        }
    }

    @Test func `a probe that does not end is not started again beside itself`() async throws {
        let running = Mutex(0)
        let most = Mutex(0)
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let config = try ServiceConfig(name: "stuck", checkInterval: .milliseconds(500), timeout: .milliseconds(50)) {
            let now = running.withLock { running in
                running += 1
                return running
            }
            most.withLock { $0 = max($0, now) }
            let wait = Task { for await _ in gate {} }
            await wait.value
            running.withLock { $0 -= 1 }
            return HealthCheckResult(success: true, latency: .zero)
        }
        try await withMonitor(on: nil, [config]) { checker in
            #expect(await checker.checkService("stuck")?.status == .unhealthy)
            for _ in 0..<5 { #expect(await checker.checkService("stuck")?.reason == "The check before has not ended.") }
            open.finish()
            try await eventually { await checker.checkService("stuck")?.status == .healthy }
        }
        #expect(most.withLock { $0 } == 1)
    }

    @Test func `another process reads the same, and takes up what is registered and unregistered`() async throws {
        let server = try await PrivateRedis.start()
        let stand = try await StandInService.start(.answers(200))
        try await withMonitor(on: server.configuration, []) { leader in
            try await eventually { leader.mode == .leader }
            try await withMonitor(on: server.configuration, []) { other in
                try await eventually { other.mode == .follower }
                try await other.registerService(.quick("late", stand.url))
                try await eventually { await leader.getServiceHealth("late")?.status == .healthy }
                #expect(await other.getServiceHealth("late")?.status == .healthy)
                #expect(leader.lease?.fence != nil)
                #expect(other.lease?.fence == nil)
                #expect(try await other.unregisterService("late"))
                try await eventually {
                    await leader.getSystemHealth().services.map(\.service) == ["redis"] && leader.registry.getService("late") == nil
                }
                #expect(try await server.ask("EXISTS", "usdcop:health:status:late", "usdcop:health:history:late").integer == 0)
                await #expect(throws: CacheError.self) { try await other.unregisterService("redis") }
            }
        }
    }

    @Test func `a check that only one process can make is made by it, whoever leads`() async throws {
        let server = try await PrivateRedis.start()
        try await withMonitor(on: server.configuration, []) { leader in
            try await eventually { leader.mode == .leader }
            let own = try ServiceConfig(name: "own", checkInterval: .milliseconds(500), timeout: .seconds(1)) {
                HealthCheckResult(success: true, latency: .zero, metadata: ["queue": "3"])
            }
            try await withMonitor(on: server.configuration, [own]) { other in
                try await eventually { other.mode == .follower }
                try await eventually { await leader.getServiceHealth("own")?.status == .healthy }
                #expect(await leader.getServiceHealth("own")?.metadata["queue"] == "3")
            }
            // Its process ended: three intervals later nobody believes it any more.
            try await eventually(within: .seconds(5)) { await leader.getServiceHealth("own")?.status == .unhealthy }
        }
    }

    @Test func `a change of status is logged and in the audit trail once`() async throws {
        let server = try await PrivateRedis.start()
        let stand = try await StandInService.start(.answers(200))
        let log = RecordedLog()
        let service = try ServiceConfig.quick("api", stand.url)
        try await withMonitor(on: server.configuration, [service], audited: true, logger: log.logger) { checker in
            try await eventually { await checker.getServiceHealth("api")?.status == .healthy }
            stand.behave(.answers(503))
            try await eventually { await checker.getServiceHealth("api")?.status == .unhealthy }
            try await eventually { try await outbox(of: server).count == 1 }
            stand.behave(.answers(200))
            try await eventually { try await outbox(of: server).count == 2 }
        }
        let trail = try await server.ask("XRANGE", "usdcop:audit:events", "-", "+").array ?? []
        let actions = trail.compactMap { entry in
            entry.array?.last?.array?.last?.bytes.flatMap { try? JSONParser.parse($0) }?["action"]?.text
        }
        #expect(
            actions.filter { $0.hasPrefix("Service api") } == [
                "Service api is unhealthy, was healthy: The service answered 503.", "Service api is healthy, was unhealthy",
            ])
        #expect(log.records.filter { $0.message == "service is unhealthy" && $0.metadata["service"] == "api" }.count == 1)
        let alerts = try await outbox(of: server)
        #expect(alerts.map { $0["to"]?.text } == ["unhealthy", "healthy"])
    }

    @Test func `passwords of addresses are nowhere in Redis, in answers or in the log`() async throws {
        let server = try await PrivateRedis.start()
        let stand = try await StandInService.start(.answers(401))
        let log = RecordedLog()
        let url = "http://desk:s3cret@127.0.0.1:\(stand.port)/?token=t0ken"
        try await withMonitor(on: server.configuration, [.quick("api", url)], logger: log.logger) { checker in
            try await eventually { await checker.getServiceHealth("api")?.lastCheck != nil }
            #expect(stand.lastRequest.contains("t0ken"))
            let answers = "\(checker.registry.export()) \(await checker.getSystemHealth().jsonValue)"
            let stored = try await server.ask("HGETALL", "usdcop:health:services")
            for text in [answers, "\(stored.array?.map { $0.text ?? "" } ?? [])", "\(log.records)"] {
                for word in ["desk", "s3cret", "t0ken"] { #expect(!text.contains(word)) }
            }
        }
    }
}

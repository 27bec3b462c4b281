import CacheServices
import Hiredis
import RedisTesting
import Synchronization
import TestTurns
import Testing

@testable import HealthServices

/// Checks that only some processes can make.
@Suite(.takesTurns, .timeLimit(.minutes(1)))
struct OwnedCheckTests {
    private func own(interval: Duration) throws -> ServiceConfig {
        try ServiceConfig(name: "own", checkInterval: interval, timeout: .seconds(1)) { HealthCheckResult(success: true, latency: .zero) }
    }

    @Test func `whoever waits takes over when the lease ends, and not an interval later`() async throws {
        let server = try await PrivateRedis.start()
        // As if its process had been killed.
        try await server.ask("SET", "usdcop:health:owner:own", "another 17", "PX", "800")
        try await withMonitor(on: server.configuration, [own(interval: .seconds(60))]) { checker in
            try await eventually(within: .seconds(10)) { await checker.getServiceHealth("own")?.status == .healthy }
        }
    }

    @Test func `the lease is renewed between two checks, so that nobody takes it from a process that lives`() async throws {
        let server = try await PrivateRedis.start()
        try await withMonitor(on: server.configuration, [own(interval: .seconds(4))]) { checker in
            try await eventually { await checker.getServiceHealth("own")?.status == .healthy }
            let fence = try #require(checker.ownLease("own")?.fence)
            let checked = await checker.getServiceHealth("own")?.lastCheck
            var last = Int64.max
            try await eventually {
                let left = try await server.ask("PTTL", "usdcop:health:owner:own").integer ?? 0
                defer { last = left }
                return left > last
            }
            #expect(checker.ownLease("own")?.fence == fence)
            #expect(await checker.getServiceHealth("own")?.lastCheck == checked)
        }
    }

    @Test func `a check that comes back goes on counting where the other process stopped`() async throws {
        let server = try await PrivateRedis.start()
        try await RedisClient.withClient(server.configuration, logger: .silent) { client in
            let checker = HealthChecker(redis: client, settings: HealthSettings(), audit: nil, logger: .silent)
            checker.state.withLock { $0.mode = .follower }
            try await checker.registerService(own(interval: .seconds(60)))
            let service = try #require(checker.registry.getService("own"))
            let store = try #require(checker.store)
            #expect(await checker.start(service, isScheduled: true)?.value?.details.errorRate == 0)
            // The lease ended unnoticed; another process checked, and saw a failure.
            let other = store.lease(KeySchema.healthOwner("own"))
            try await server.ask("DEL", "usdcop:health:owner:own")
            _ = try await other.take(for: .seconds(10))
            let fence = try #require(other.fence)
            let failed = ServiceHealth(service: "own", status: .unhealthy, latency: .zero, lastCheck: .now, reason: "down")
            let check = RecordedCheck(health: failed, success: false, fence: fence, number: 1)
            _ = try await store.record(check, lease: other.key, value: other.value(of: fence), alertAfter: 2)
            await other.release()
            #expect(await checker.start(service, isScheduled: true)?.value?.details.errorRate == 1.0 / 3)
        }
    }
}

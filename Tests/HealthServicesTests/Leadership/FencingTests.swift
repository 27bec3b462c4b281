import CacheServices
import Hiredis
import RedisTesting
import TestTurns
import Testing

@testable import HealthServices

@Suite(.takesTurns, .timeLimit(.minutes(1)))
struct FencingTests {
    /// A store on a server of its own.
    private func withStore(_ body: @Sendable (HealthStore, PrivateRedis) async throws -> Void) async throws {
        let server = try await PrivateRedis.start()
        try await RedisClient.withClient(server.configuration, logger: .silent) { client in
            for name in ["api", "risk engine:a/b"] { try await server.ask("HSET", "usdcop:health:services", .text(name), "{}") }
            try await body(HealthStore(client, namespace: .standard), server)
        }
    }

    private func record(
        _ status: ServiceStatus, number: Int, under lease: LeaderLease, fence: Int, in store: HealthStore, after: Int = 2,
        reason: String? = nil, service: OperationName = "api"
    ) async throws -> RecordedCheck.Outcome {
        let health = ServiceHealth(
            service: service, status: status, latency: .milliseconds(12),
            lastCheck: Timestamp(milliseconds: 1_700_000_000_000 + Int64(number)),
            reason: reason)
        let check = RecordedCheck(health: health, success: status != .unhealthy, fence: fence, number: number)
        return try await store.record(check, lease: lease.key, value: lease.value(of: fence), alertAfter: after)
    }

    @Test func `only one of two holds the lease, and the next has a greater number`() async throws {
        try await withStore { store, _ in
            let (one, two) = (store.lease(KeySchema.healthLeader), store.lease(KeySchema.healthLeader))
            #expect(try await one.take(for: .seconds(10)) == .taken)
            #expect(try await one.take(for: .seconds(10)) == .kept)
            #expect(try await two.take(for: .seconds(10)) == .heldByAnother)
            let first = try #require(one.fence)
            #expect(two.fence == nil)
            await one.release()
            #expect(one.fence == nil)
            #expect(try await two.take(for: .seconds(10)) == .taken)
            #expect(try #require(two.fence) > first)
        }
    }

    @Test func `a lease ends by this process' own clock, too`() async throws {
        try await withStore { store, server in
            let lease = store.lease(KeySchema.healthLeader)
            #expect(try await lease.take(for: .milliseconds(150)) == .taken)
            server.pause()
            try await eventually { lease.fence == nil }
            server.resume()
        }
    }

    @Test func `a leader that was paused cannot overwrite what its successor wrote`() async throws {
        try await withStore { store, server in
            let (old, new) = (store.lease(KeySchema.healthLeader), store.lease(KeySchema.healthLeader))
            _ = try await old.take(for: .seconds(10))
            let oldFence = try #require(old.fence)
            #expect(try await record(.healthy, number: 1, under: old, fence: oldFence, in: store) == .recorded(from: nil, alert: nil))
            try await server.ask("DEL", "usdcop:health:leader")
            // Nobody holds it: what comes now is late already.
            #expect(try await record(.unhealthy, number: 2, under: old, fence: oldFence, in: store) == .fenced)
            _ = try await new.take(for: .seconds(10))
            let newFence = try #require(new.fence)
            #expect(
                try await record(.degraded, number: 1, under: new, fence: newFence, in: store) == .recorded(from: .healthy, alert: nil))
            #expect(try await record(.unhealthy, number: 3, under: old, fence: oldFence, in: store) == .fenced)
            #expect(try await store.statuses(["api"])["api"]?.health.status == .degraded)
            #expect(try await store.history("api", limit: 10).map(\.status) == [.degraded, .healthy])
        }
    }

    @Test(
        arguments: [
            (2, "h h h", ""), (2, "u u", "unknown>unhealthy"), (2, "h u h u h", ""), (2, "h h u u", "healthy>unhealthy"),
            (2, "h h u u u h h", "healthy>unhealthy unhealthy>healthy"), (1, "h u h", "healthy>unhealthy unhealthy>healthy"),
            (3, "h h h u u d d d", "healthy>degraded"), (2, "h h u u d d u u", "healthy>unhealthy unhealthy>degraded degraded>unhealthy"),
        ])
    func `a change is told when it has lasted, and once`(after: Int, checks: String, told: String) async throws {
        try await withStore { store, server in
            let lease = store.lease(KeySchema.healthLeader)
            _ = try await lease.take(for: .seconds(10))
            let fence = try #require(lease.fence)
            for (number, letter) in checks.split(separator: " ").enumerated() {
                let status = try #require(ServiceStatus.allCases.first { $0.rawValue.hasPrefix(letter) })
                // What is sent twice, because its answer was lost, counts once.
                let first = try await record(status, number: number + 1, under: lease, fence: fence, in: store, after: after)
                #expect(try await record(status, number: number + 1, under: lease, fence: fence, in: store, after: after) == first)
            }
            let alerts = try await outbox(of: server)
            #expect(alerts.map { "\($0["from"]?.text ?? "")>\($0["to"]?.text ?? "")" }.joined(separator: " ") == told)
            #expect(Set(alerts.compactMap { $0["id"]?.text }).count == alerts.count)
            #expect(try await store.history("api", limit: 100).count == checks.split(separator: " ").count)
        }
    }

    @Test func `what is told is whole, whatever the reason has in it`() async throws {
        try await withStore { store, server in
            let lease = store.lease(KeySchema.healthLeader)
            _ = try await lease.take(for: .seconds(10))
            let fence = try #require(lease.fence)
            let reason = "it said \"no\" \\ % \u{7} ñ"
            for number in 1...2 {
                _ = try await record(
                    .unhealthy, number: number, under: lease, fence: fence, in: store, reason: reason, service: "risk engine:a/b")
            }
            let alert = try #require(try await outbox(of: server).first)
            #expect(alert["kind"]?.text == "service")
            #expect(alert["service"]?.text == "risk engine:a/b")
            #expect(alert["reason"]?.text == reason)
            #expect(alert["latency_ms"]?.double == 12)
            #expect(alert["id"]?.text == "risk engine:a/b:\(fence):2")
            // When it began, and not when it had lasted.
            #expect(alert["at"]?.text == Timestamp(milliseconds: 1_700_000_000_001).iso8601)
            #expect(alert["message"]?.text == "risk engine:a/b is unhealthy, was unknown: \(reason)")
        }
    }

    @Test(arguments: ["health:status:api", "health:history:api", "health:transitions", "alerts", "events"])
    func `a foreign value under a key is left alone, and nothing else is written`(name: String) async throws {
        try await withStore { store, server in
            let lease = store.lease(KeySchema.healthLeader)
            _ = try await lease.take(for: .seconds(10))
            try await server.ask("LPUSH", .text("usdcop:" + name), "mine")
            await #expect(throws: CacheError.self) {
                try await record(.healthy, number: 1, under: lease, fence: lease.fence ?? 0, in: store)
            }
            #expect(try await server.ask("DBSIZE").integer == 3)
        }
    }

    @Test func `a check that ends after its service was unregistered brings nothing back`() async throws {
        try await withStore { store, server in
            let lease = store.lease(KeySchema.healthLeader)
            _ = try await lease.take(for: .seconds(10))
            _ = try await record(.healthy, number: 1, under: lease, fence: lease.fence ?? 0, in: store)
            #expect(try await store.forget("api"))
            #expect(try await record(.healthy, number: 2, under: lease, fence: lease.fence ?? 0, in: store) == .gone)
            #expect(try await server.ask("EXISTS", "usdcop:health:status:api", "usdcop:health:history:api").integer == 0)
            #expect(try await server.ask("HEXISTS", "usdcop:health:transitions", "api").integer == 0)
            let keys = try await server.ask("KEYS", "*").array?.compactMap(\.text).sorted()
            #expect(keys == ["usdcop:events", "usdcop:health:leader", "usdcop:health:services"])
        }
    }

    @Test func `a status that cannot be read hides no other`() async throws {
        try await withStore { store, server in
            let lease = store.lease(KeySchema.healthLeader)
            _ = try await lease.take(for: .seconds(10))
            _ = try await record(.healthy, number: 1, under: lease, fence: lease.fence ?? 0, in: store)
            try await server.ask("SET", "usdcop:health:status:bad", "{")
            try await server.ask("LPUSH", "usdcop:health:status:worse", "x")
            let found = try await store.statuses(["api", "bad", "worse", "none"])
            #expect(found["api"]?.health.status == .healthy)
            #expect(found["bad"]?.health.reason == "the stored status cannot be read")
            #expect(found["worse"]?.health.reason == "the stored status cannot be read")
            #expect(found["none"] == nil)
        }
    }
}

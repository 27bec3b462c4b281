import CacheServices
import Hiredis
import RedisTesting
import TestTurns
import Testing

@testable import HealthServices

@Suite("What was told while Redis was away", .takesTurns, .timeLimit(.minutes(1)))
struct SharedRecordTests {
    private static let stored = "healthy healthy 5 2025-01-15T10:00:00.000Z 17 9 healthy 3 2025-01-15T09:00:00.000Z -"
    private let down = Timestamp.sample

    private func withStore(
        state: String? = stored, _ body: @Sendable (HealthStore, PrivateRedis) async throws -> Void
    ) async throws {
        let server = try await PrivateRedis.start()
        try await RedisClient.withClient(server.configuration, logger: .silent) { client in
            for name in ["api", "redis"] {
                try await server.ask("HSET", "usdcop:health:services", .text(name), "{}")
                if let state { try await server.ask("HSET", "usdcop:health:transitions", .text(name), .text(state)) }
            }
            try await body(HealthStore(client, namespace: .standard), server)
        }
    }

    private func change(
        _ service: OperationName, _ status: ServiceStatus = .unhealthy, at seconds: Int = 0, step: Int = 4
    ) -> LoneChange {
        let health = ServiceHealth(service: service, status: status, latency: .milliseconds(3), lastCheck: down)
        return LoneChange(health, from: .healthy, at: down + .seconds(seconds), base: "17", step: step)
    }

    private func delivery(_ change: LoneChange, _ result: AlertDelivery.Result = .sent, channel: String = "a", ms: Int = 0) -> AlertDelivery
    {
        AlertDelivery(id: change.alert.id, channel: channel, result: result, attempts: 1, at: change.at + .milliseconds(1500 + ms))
    }

    /// How many alerts and deliveries were not there yet.
    private func added(_ contents: AlertSpool.Contents, to store: HealthStore, by process: String = "one") async throws -> [Int] {
        let new = try await store.share(contents, by: process)
        return [new.alerts, new.deliveries]
    }

    private func course(_ server: PrivateRedis, _ service: String) async throws -> String {
        try await server.ask("HGET", "usdcop:health:transitions", .text(service)).text ?? "none"
    }

    @Test func `it is on record once, however often and by however many processes it is brought`() async throws {
        try await withStore { store, server async throws in
            let gone = change("redis")
            let contents = AlertSpool.Contents(changes: [gone], deliveries: [delivery(gone)])
            #expect(try await added(contents, to: store) == [1, 1])
            #expect(try await added(contents, to: store) == [0, 0])
            // Another one told the same in the same millisecond, to the same receiver and to one of its own.
            let others = [delivery(gone), delivery(gone, channel: "b")]
            #expect(try await added(AlertSpool.Contents(changes: [gone], deliveries: others), to: store, by: "two") == [0, 2])
            let page = try await AlertLog(store.client, namespace: .standard).recent()
            #expect(page.alerts.map(\.alert.id) == ["redis:17:away:4:unhealthy"] && page.unreadable.isEmpty)
            #expect(page.alerts[0].deliveries.map(\.channel) == ["a", "a", "b"])
        }
    }

    @Test func `people take the service for what they were told, so that its recovery is told`() async throws {
        try await withStore { store, server async throws in
            let gone = change("redis")
            _ = try await store.share(AlertSpool.Contents(changes: [gone], deliveries: []), by: "one")
            #expect(try await course(server, "redis") == "unhealthy unhealthy 1 \(down.iso8601) 17 9 healthy 4 \(down.iso8601) -")
            #expect(try await course(server, "api") == Self.stored)
            let lease = store.lease(KeySchema.healthLeader)
            _ = try await lease.take(for: .seconds(10))
            for number in 1...3 {
                let health = ServiceHealth(
                    service: "redis", status: .healthy, latency: .zero, lastCheck: down + .seconds(60 + number))
                let check = RecordedCheck(health: health, success: true, fence: lease.fence ?? 0, number: number)
                _ = try await store.record(check, lease: lease.key, value: lease.value(of: lease.fence ?? 0), alertAfter: 2)
            }
            let alert = try #require(try await outbox(of: server).last)
            #expect(alert["from"] == "unhealthy" && alert["to"] == "healthy")
            // When Redis was back, and not when it was last well before.
            #expect(alert["at"]?.text == (down + .seconds(61)).iso8601)
        }
    }

    @Test(
        arguments: [
            // What all know began later: it stays.
            ("healthy healthy 2 2025-01-15T10:31:00.000Z 18 4 healthy 4 2025-01-15T10:31:00.000Z -", "healthy healthy 2"),
            // Checks found it well since then, too few to be told yet: they count.
            ("healthy healthy 1 2025-01-15T10:31:00.000Z 18 4 healthy 3 2025-01-15T09:00:00.000Z -", "unhealthy healthy 1"),
            // They found the same.
            ("healthy unhealthy 1 2025-01-15T10:31:00.000Z 18 4 healthy 3 2025-01-15T09:00:00.000Z -", "unhealthy unhealthy 1"),
            // Redis lost everything.
            ("", "unhealthy unhealthy 1"), ("nonsense", "unhealthy unhealthy 1"),
        ])
    func `what was found later wins`(before: String, after: String) async throws {
        try await withStore(state: before) { store, server async throws in
            _ = try await store.share(AlertSpool.Contents(changes: [change("redis")], deliveries: []), by: "one")
            #expect(try await course(server, "redis").hasPrefix(after))
            #expect(try await store.courses()["redis"]?.changes == 4)
        }
    }

    @Test func `of another service it counts only when somebody was told`() async throws {
        try await withStore { store, server async throws in
            let (told, refused, silent) = (change("api"), change("api", .degraded, at: 10, step: 5), change("api", at: 20, step: 6))
            let contents = AlertSpool.Contents(
                changes: [told, refused, silent],
                deliveries: [delivery(told), delivery(refused, .failed), delivery(refused, .failed, channel: "b")])
            #expect(contents.toShare.map(\.change.step) == [4, 5] && contents.toShare.map(\.counts) == [true, false])
            #expect(try await added(contents, to: store) == [2, 3])
            #expect(try await course(server, "api") == "unhealthy unhealthy 1 \(down.iso8601) 17 9 healthy 5 \(down.iso8601) -")
        }
    }

    /// A process that lost the whole network takes everything for down: what it told nobody, nobody else may tell.
    @Test(arguments: [AlertDelivery.Result.unsent, .suppressed, .failed])
    func `of another service nothing is on record when nobody was told`(result: AlertDelivery.Result) async throws {
        try await withStore { store, server async throws in
            let unseen = change("api")
            let contents = AlertSpool.Contents(changes: [unseen], deliveries: [delivery(unseen, result, channel: "none")])
            #expect(contents.toShare.isEmpty)
            _ = try await store.share(contents, by: "one")
            #expect(try await course(server, "api") == Self.stored)
            #expect(try await outbox(of: server).isEmpty)
        }
    }

    @Test func `a service that was unregistered meanwhile does not come back`() async throws {
        try await withStore(state: nil) { store, server async throws in
            try await server.ask("HDEL", "usdcop:health:services", "redis")
            _ = try await store.share(AlertSpool.Contents(changes: [change("redis")], deliveries: []), by: "one")
            #expect(try await server.ask("EXISTS", "usdcop:health:transitions").integer == 0)
        }
    }

    @Test(arguments: ["alerts", "health:transitions", "health:services"])
    func `a foreign value under a key is left alone, and nothing else is written`(name: String) async throws {
        try await withStore { store, server async throws in
            try await server.ask("DEL", .text("usdcop:" + name))
            try await server.ask("SET", .text("usdcop:" + name), "mine")
            await #expect(throws: CacheError.self) {
                try await store.share(AlertSpool.Contents(changes: [change("redis")], deliveries: []), by: "one")
            }
            #expect(try await server.ask("GET", .text("usdcop:" + name)).text == "mine")
            if name != "alerts" { #expect(try await server.ask("EXISTS", "usdcop:alerts").integer == 0) }
        }
    }

    @Test func `the spool gives nothing out while something is told, and keeps what came after`() throws {
        let spool = AlertSpool()
        #expect(!spool.begin())
        spool.open()
        let (first, second) = (change("api"), change("api", .healthy, at: 5, step: 5))
        spool.add(first)
        #expect(spool.settled == nil && spool.begin())
        spool.close()
        #expect(spool.settled == nil && !spool.begin())
        spool.add(delivery(first))
        spool.finish()
        let settled = try #require(spool.settled)
        #expect(settled.changes == [first] && settled.deliveries.count == 1)
        spool.add(second)
        spool.remove(settled)
        #expect(spool.changes == [second] && spool.settled?.deliveries == [])
        for step in 0..<1500 { spool.add(change("api", at: step, step: step)) }
        #expect(spool.changes.count == 1000 && spool.changes.last?.step == 1499)
    }

    @Test func `beyond its bound the spool keeps the last word on every service`() {
        let spool = AlertSpool()
        spool.add(change("redis"))
        for step in 0..<1500 { spool.add(change("api", at: step, step: step)) }
        #expect(spool.changes.count == 1000 && spool.changes.first?.service == "redis" && spool.changes.last?.step == 1499)
    }
}

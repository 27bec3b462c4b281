import CacheServices
import Foundation
import Hiredis
import RedisTesting
import Testing

@testable import HealthServices

extension LiveAlerts {
    @Suite("While Redis is away", .timeLimit(.minutes(2)))
    struct LoneAlertsTests {
        private static func isAlone(_ watching: Watching) -> Bool { watching.checker.mode.isAlone }

        /// Waits until a process knows that people take these services for well.
        private static func settled(_ watching: Watching, _ names: OperationName...) async throws {
            try await eventually(within: .seconds(20)) { names.allSatisfy { watching.known($0)?.confirmed == .healthy } }
        }

        @Test func `every process tells what it sees under the same identities, and all of it is on record when Redis is back`()
            async throws
        {
            let redis = try await PrivateRedis.start("--appendonly", "yes", "--appendfsync", "always")
            let (sink, stand) = (WebhookSink(), try await StandInService.start(.answers(200)))
            let settings = try AlertSettings.webhook(try await sink.start())
            let service = try ServiceConfig.quick("api", stand.url)
            let journals = [1, 2].map { redis.directory.appendingPathComponent("state\($0)") }
            let configuration = redis.configuration
            try await withWatching(on: configuration, [service], settings, journal: journals[0]) { one in
                try await Self.settled(one, "api", "redis")
                try await withWatching(on: configuration, [service], settings, journal: journals[1]) { two in
                    try await Self.settled(two, "api", "redis")
                    let before = try #require(two.known("redis"))
                    redis.kill()
                    try await eventually(within: .seconds(20)) { sink.keys(of: "redis").count == 2 }
                    #expect(Set(sink.keys(of: "redis")) == ["redis:\(before.fence):away:\(before.changes + 1):unhealthy"])
                    // What else changes meanwhile is told as well, each change once by each of them.
                    for (number, manner) in [StandInService.Manner.answers(500), .answers(200), .answers(500)].enumerated() {
                        stand.behave(manner)
                        try await eventually(within: .seconds(20)) { sink.keys(of: "api").count == 2 * (number + 1) }
                    }
                    #expect(Set(sink.keys(of: "api")).count == 3)
                    #expect(Self.isAlone(one) && Self.isAlone(two))

                    try await redis.start()
                    // The recovery of Redis is told from the record: by one of them.
                    try await eventually(within: .seconds(30)) { sink.keys(of: "redis", to: "healthy").count == 1 }
                    stand.behave(.answers(200))
                    try await eventually(within: .seconds(20)) { sink.keys(of: "api", to: "healthy").count == 3 }
                    try await eventually(within: .seconds(20)) {
                        try await redis.deliveries().filter { $0.result == "sent" }.count == sink.requests.count
                    }
                    let page = try await two.alerts.log.recent()
                    let told = page.alerts.reversed().map {
                        "\($0.alert.service ?? "") \($0.alert.jsonValue["to"]?.text ?? "") \($0.deliveries.count)"
                    }
                    #expect(
                        told.sorted() == [
                            "api healthy 1", "api healthy 2", "api unhealthy 2", "api unhealthy 2", "redis healthy 1", "redis unhealthy 2",
                        ])
                    #expect(page.unreadable.isEmpty && page.alerts.allSatisfy { $0.deliveries.allSatisfy { $0.result == .sent } })
                    // Nothing was told twice by the same process.
                    #expect(sink.requests.count == 2 * 4 + 2)
                    // The trail has it, too, from the journals.
                    try await eventually(within: .seconds(20)) {
                        let actions = try await Self.actions(redis)
                        return actions.filter { $0.hasPrefix("Service redis is unhealthy, was healthy") }.count == 2
                            && actions.contains { $0.hasPrefix("Service redis is healthy, was unhealthy") }
                    }
                }
            }
        }

        private static func actions(_ redis: PrivateRedis) async throws -> [String] {
            let trail = try await redis.ask("XRANGE", "usdcop:audit:events", "-", "+").array ?? []
            return trail.compactMap { entry in
                entry.array?.last?.array?.last?.bytes.flatMap { try? JSONParser.parse($0) }?["action"]?.text
            }
        }

        @Test func `a process that starts without Redis tells so by webhook and e-mail, and a receiver that is away is tried again`()
            async throws
        {
            let redis = try PrivateRedis()
            let sink = WebhookSink { number, _ in number == 0 ? .status(503) : .status(200) }
            let mail = try await MailServer.start("plain")
            defer { mail.stop() }
            var settings = try mail.settings("smtp://127.0.0.1", to: "desk@example.com")
            settings.webhooks = try AlertSettings.webhook(try await sink.start()).webhooks
            try await withWatching(on: redis.configuration, [], settings) { [settings] watching in
                try await eventually(within: .seconds(20)) { sink.requests.count == 2 }
                #expect(sink.requests[0].key == sink.requests[1].key)
                try await eventually(within: .seconds(20)) { try mail.lines("messages").count == 1 }
                #expect(try mail.lines("messages").first?["data"]?.text?.contains("[usdcop] redis is unhealthy") == true)
                let alert = try Alert(stored: sink.requests[1].body)
                #expect(alert.subject == .service("redis", from: "unknown", to: "unhealthy"))
                #expect(watching.log.messages.contains("warning: a change of status is not in the audit trail"))
                try await redis.start()
                try await eventually(within: .seconds(30)) { sink.keys(of: "redis", to: "healthy").count == 1 }
                try await eventually(within: .seconds(20)) { try await redis.deliveries().count == 4 }
                let first = try #require(try await redis.deliveries().first { $0.channel == settings.webhooks[0].name })
                #expect(first.id == alert.id && first.result == "sent" && first.attempts == 2)
            }
            #expect(sink.requests.count == 3)
        }

        @Test func `while the spacing lasts nothing is told, and then the newest, also over the return of Redis`() async throws {
            let redis = try await PrivateRedis.start("--appendonly", "yes", "--appendfsync", "always")
            let (sink, stand) = (WebhookSink(), try await StandInService.start(.answers(200)))
            let settings = try AlertSettings.webhook(try await sink.start())
            let spacing = Duration.seconds(8)
            try await withWatching(
                on: redis.configuration, [.quick("api", stand.url)], settings, rules: .quick(spacing: spacing)
            ) { watching in
                try await Self.settled(watching, "api", "redis")
                redis.kill()
                try await eventually(within: .seconds(20)) { Self.isAlone(watching) }
                for (step, manner) in [(1, StandInService.Manner.answers(500)), (2, .answers(200)), (3, .answers(500))] {
                    stand.behave(manner)
                    try await eventually(within: .seconds(20)) {
                        watching.checker.spool.changes.filter { $0.service == "api" }.count == step
                    }
                }
                try await eventually { sink.keys(of: "redis").count == 1 }
                let first = try #require(sink.requests.first { (try? Alert(stored: $0.body))?.service == "api" }?.at)
                if first.duration(to: .now) < spacing - .milliseconds(500) { #expect(sink.keys(of: "api").count == 1) }
                try await redis.start()
                // The third change says what the receiver knows already, but it is the newest: it is told when its time has come.
                try await eventually(within: .seconds(30)) { sink.keys(of: "redis").count == 2 }
                for service in ["redis", "api"] {
                    let times = sink.requests.filter { (try? Alert(stored: $0.body))?.service == service }.map(\.at)
                    for (one, next) in zip(times, times.dropFirst()) { #expect(one.duration(to: next) > spacing - .milliseconds(500)) }
                }
                let page = try await watching.alerts.log.recent()
                #expect(page.alerts.flatMap(\.deliveries).contains { $0.result == .suppressed && $0.detail == "superseded" })
            }
        }

        @Test func `one process that loses Redis alone tells so, and the recovery is told by the others`() async throws {
            let redis = try await PrivateRedis.start()
            let proxy = try await CuttingProxy.start(inFrontOf: redis.port)
            var behind = redis.configuration
            behind.endpoint = .tcp(host: "127.0.0.1", port: proxy.port)
            behind.commandTimeout = .milliseconds(500)
            let configuration = behind
            let (sink, stand) = (WebhookSink(), try await StandInService.start(.answers(200)))
            let settings = try AlertSettings.webhook(try await sink.start())
            let service = try ServiceConfig.quick("api", stand.url)
            try await withWatching(on: redis.configuration, [service], settings) { leader in
                try await Self.settled(leader, "api", "redis")
                try await withWatching(on: configuration, [service], settings) { other in
                    try await Self.settled(other, "api", "redis")
                    proxy.setBlackHole(true)
                    try await eventually(within: .seconds(20)) { sink.keys(of: "redis").count == 1 }
                    #expect(leader.checker.mode == .leader && Self.isAlone(other))
                    proxy.setBlackHole(false)
                    try await eventually(within: .seconds(30)) { sink.keys(of: "redis", to: "healthy").count == 1 }
                    try await eventually { try await redis.deliveries().count == 2 }
                }
            }
            #expect(sink.requests.count == 2)
            #expect(sink.keys(of: "api").isEmpty)
        }

        @Test func `a Redis that answers and takes nothing is told of as well`() async throws {
            let redis = try await PrivateRedis.start()
            let sink = WebhookSink()
            try await withWatching(on: redis.configuration, [], .webhook(try await sink.start())) { watching in
                try await Self.settled(watching, "redis")
                try await redis.ask("CONFIG", "SET", "maxmemory", "1")
                try await eventually(within: .seconds(20)) { sink.keys(of: "redis").count == 1 }
                #expect(await watching.checker.getServiceHealth("redis")?.reason == "Redis answers, but refuses to be written or read.")
                try await redis.ask("CONFIG", "SET", "maxmemory", "0")
                try await eventually(within: .seconds(30)) { sink.keys(of: "redis", to: "healthy").count == 1 }
            }
        }

        @Test func `without any Redis changes are told and on the record of this process`() async throws {
            let (sink, stand) = (WebhookSink(), try await StandInService.start(.answers(500)))
            try await withWatching(on: nil, [.quick("api", stand.url)], .webhook(try await sink.start())) { watching in
                try await eventually(within: .seconds(20)) { sink.requests.count == 1 }
                stand.behave(.answers(200))
                try await eventually(within: .seconds(20)) { sink.requests.count == 2 }
                try await eventually { try await watching.alerts.log.recent().alerts.filter { $0.deliveries.count == 1 }.count == 2 }
                #expect(watching.checker.spool.changes.isEmpty)
            }
            #expect(sink.keys(of: "api", to: "healthy").count == 1)
        }
    }
}

import CacheServices
import Foundation
import Hiredis
import Logging
import NIOHTTP1
import RedisTesting
import Synchronization
import Testing

@testable import HealthServices

extension LiveAlerts {
    @Suite("Webhooks", .timeLimit(.minutes(1)))
    struct WebhookDeliveryTests {
        /// Which of several processes leads.
        private final class Leader: Sendable {
            private let kept = Atomic(1)

            var number: Int {
                get { kept.load(ordering: .sequentiallyConsistent) }
                set { kept.store(newValue, ordering: .sequentiallyConsistent) }
            }
        }

        @Test func `an alert arrives once, signed, under its identity, and that is on record`() async throws {
            let redis = try await PrivateRedis.start()
            let (sink, log) = (WebhookSink(), RecordedLog())
            let port = try await sink.start()
            let secret = "a secret of the desk"
            var settings = try AlertSettings.webhook(port, "/services/T0/PATHKEY?q=1", secret: secret)
            settings.webhooks = [try WebhookURL("http://desk:hunter2@127.0.0.1:\(port)/services/T0/PATHKEY?q=1")]
            try await redis.addAlert("trading-api:1")
            try await withAlerts(on: redis, settings, logger: log.logger) { alerts in
                try await eventually { try await redis.deliveries().count == 1 }
                try await redis.addAlert("trading-api:2", to: "healthy")
                try await eventually { try await redis.deliveries().count == 2 }
                let page = try await alerts.log.recent()
                #expect(page.alerts.map(\.alert.id) == ["trading-api:2", "trading-api:1"])
                #expect(page.alerts.allSatisfy { $0.deliveries.map(\.result) == [.sent] && $0.deliveries[0].attempts == 1 })
            }
            #expect(sink.requests.map(\.key) == ["trading-api:1", "trading-api:2"])
            let request = try #require(sink.requests.first)
            #expect(request.method == "POST" && request.path == "/services/T0/PATHKEY?q=1")
            #expect(request.headers.first(name: "Content-Type") == "application/json")
            #expect(request.headers.first(name: "Authorization") == "Basic ZGVzazpodW50ZXIy")
            #expect(request.body == Array(Alert.stored("trading-api:1").utf8))
            let signature = try #require(request.headers.first(name: "X-Usdcop-Signature"))
            #expect(try await python("check_alert.py", ["signature", secret, signature], input: request.body) == "valid")
            #expect(try await python("check_alert.py", ["signature", secret, signature], input: request.body + [0x20]) == "forged")
            #expect(try await python("check_alert.py", ["signature", "another", signature], input: request.body) == "forged")
            let written = try await redis.alertsDump() + log.records.map { "\($0)" }.joined()
            for secret in ["hunter2", "PATHKEY", secret, "q=1"] { #expect(!written.contains(secret)) }
            #expect(written.contains("channel=http://127.0.0.1:\(port)#"))
        }

        @Test func `what fails is tried again, under the same identity`() async throws {
            let redis = try await PrivateRedis.start()
            let sink = WebhookSink { number, _ in
                switch number {
                case 0: .status(500, body: "secret-stack-trace")
                case 1: .status(429)
                case 2: .hangUp
                default: .status(204)
                }
            }
            let settings = try AlertSettings.webhook(try await sink.start())
            try await redis.addAlert("a")
            try await withAlerts(on: redis, settings) { _ in
                try await eventually { try await redis.deliveries().count == 1 }
            }
            #expect(sink.requests.map(\.key) == ["a", "a", "a", "a"])
            let delivery = try #require(try await redis.deliveries().first)
            #expect(delivery.result == "sent" && delivery.attempts == 4 && delivery.detail.isEmpty)
            #expect(try await !redis.alertsDump().contains("secret-stack-trace"))
        }

        @Test func `a receiver that is too busy is left alone for as long as it asks`() async throws {
            let redis = try await PrivateRedis.start()
            let sink = WebhookSink { number, _ in number == 0 ? .status(429, headers: [("Retry-After", "1")]) : .status(200) }
            let settings = try AlertSettings.webhook(try await sink.start())
            try await redis.addAlert("a")
            try await redis.addAlert("b", "other")
            try await withAlerts(on: redis, settings) { _ in
                try await eventually { try await redis.deliveries().count == 2 }
            }
            #expect(sink.requests.map(\.key) == ["a", "a", "b"])
            #expect(sink.requests[0].at.duration(to: sink.requests[1].at) >= .milliseconds(990))
        }

        @Test func `where no channel is configured the record says so`() async throws {
            let (redis, log) = (try await PrivateRedis.start(), RecordedLog())
            try await redis.addAlert("a")
            try await withAlerts(on: redis, logger: log.logger) { _ in
                try await eventually { try await redis.deliveries().count == 1 }
            }
            let delivery = try #require(try await redis.deliveries().first)
            #expect(delivery.id == "a" && delivery.result == "unsent" && delivery.detail == "no_channel")
            #expect(delivery.attempts == 0 && delivery.channel == "none")
            #expect(log.messages.contains("warning: nobody was told of an alert: no channel is configured"))
        }

        @Test(
            arguments: [
                (301, "redirect"), (302, "redirect"), (307, "redirect"), (308, "redirect"), (400, "http_400"), (404, "http_404"),
                (410, "http_410"),
            ])
        func `redirects are not followed, and a refusal is final`(status: Int, detail: String) async throws {
            let redis = try await PrivateRedis.start()
            let other = WebhookSink()
            let target = try await other.start()
            let sink = WebhookSink { _, _ in .status(status, headers: [("Location", "http://127.0.0.1:\(target)/x")], body: "why") }
            let settings = try AlertSettings.webhook(try await sink.start())
            try await redis.addAlert("a")
            try await withAlerts(on: redis, settings) { _ in
                try await eventually { try await redis.deliveries().count == 1 }
            }
            let delivery = try #require(try await redis.deliveries().first)
            #expect(delivery.result == "failed" && delivery.detail == detail && delivery.attempts == 1)
            #expect(sink.requests.count == 1 && other.requests.isEmpty)
        }

        @Test func `a receiver that is silent or away costs no more than its time, and the others are told meanwhile`() async throws {
            let redis = try await PrivateRedis.start()
            let (silent, good) = (WebhookSink { _, _ in .silence }, WebhookSink())
            var settings = try AlertSettings.webhook(try await good.start())
            settings.webhooks.append(try WebhookURL("http://127.0.0.1:\(try await silent.start())/"))
            settings.webhooks.append(try WebhookURL("http://127.0.0.1:\(try FreePort.find())/"))
            try await redis.addAlert("a")
            try await withAlerts(on: redis, settings) { _ in
                try await eventually(within: .seconds(2)) { good.requests.count == 1 }
                try await eventually { try await redis.deliveries().count == 3 }
            }
            let results = try await redis.deliveries().map { "\($0.result) \($0.detail)" }
            #expect(Set(results) == ["sent ", "failed timeout", "failed unreachable"])
        }

        @Test func `an endless answer is not read`() async throws {
            let redis = try await PrivateRedis.start()
            let sink = WebhookSink { _, _ in .endless }
            let settings = try AlertSettings.webhook(try await sink.start())
            let before = try #require(ResidentMemory.bytes)
            try await redis.addAlert("a")
            try await withAlerts(on: redis, settings) { _ in
                try await eventually { try await redis.deliveries().count == 1 }
                // The connection ends, and with it what is sent.
                var last = -1
                try await eventually {
                    defer { last = sink.written }
                    try await Task.sleep(for: .milliseconds(20))
                    return last == sink.written
                }
            }
            #expect(try await redis.deliveries().first?.result == "sent")
            #expect(sink.written < 64 << 20)
            #expect(try #require(ResidentMemory.bytes) - before < 64 << 20)
        }

        @Test func `while the spacing lasts nothing is sent, and then the newest`() async throws {
            let redis = try await PrivateRedis.start()
            let sink = WebhookSink()
            let settings = try AlertSettings.webhook(try await sink.start())
            let started = ContinuousClock.now
            try await withAlerts(on: redis, settings, rules: .quick(spacing: .milliseconds(700))) { _ in
                try await redis.addAlert("down")
                try await eventually { sink.requests.count == 1 }
                try await redis.addAlert("up", to: "healthy")
                try await redis.addAlert("down again")
                try await redis.addAlert("up again", to: "healthy")
                try await redis.addAlert("other", "ml-analytics")
                try await eventually { sink.requests.count == 3 }
                #expect(started.duration(to: .now) >= .milliseconds(700))
                try await eventually { try await redis.deliveries().count == 5 }
            }
            #expect(sink.requests.map(\.key) == ["down", "other", "up again"])
            let suppressed = try await redis.deliveries().filter { $0.result == "suppressed" }
            #expect(Set(suppressed.map(\.id)) == ["up", "down again"] && suppressed.allSatisfy { $0.detail == "superseded" })
        }

        @Test func `nobody but the leader sends, and the next one goes on`() async throws {
            let redis = try await PrivateRedis.start()
            let sink = WebhookSink()
            let settings = try AlertSettings.webhook(try await sink.start())
            let leader = Leader()
            try await redis.addAlert("before")
            try await withAlerts(on: redis, settings, isLeader: { leader.number == 1 ? 7 : nil }) { _ in
                try await withAlerts(on: redis, settings, isLeader: { leader.number == 2 ? 8 : nil }) { _ in
                    try await eventually { try await redis.deliveries().count == 1 }
                    leader.number = 0
                    try await redis.addAlert("between")
                    try await Task.sleep(for: .milliseconds(100))
                    #expect(sink.requests.count == 1)
                    leader.number = 2
                    try await eventually { try await redis.deliveries().count == 2 }
                    leader.number = 1
                    try await redis.addAlert("after")
                    try await eventually { try await redis.deliveries().count == 3 }
                }
            }
            #expect(sink.requests.map(\.key) == ["before", "between", "after"])
        }

        @Test func `however often the leader changes, every alert arrives in order, and repeats are rare`() async throws {
            let redis = try await PrivateRedis.start()
            let sink = WebhookSink()
            let settings = try AlertSettings.webhook(try await sink.start())
            let leader = Leader()
            let ids = (0..<100).map { "trading-api:\($0)" }
            try await withAlerts(on: redis, settings, isLeader: { leader.number % 3 == 0 ? leader.number : nil }) { _ in
                try await withAlerts(on: redis, settings, isLeader: { leader.number % 3 == 1 ? leader.number : nil }) { _ in
                    try await withAlerts(on: redis, settings, isLeader: { leader.number % 3 == 2 ? leader.number : nil }) { _ in
                        for (place, id) in ids.enumerated() {
                            try await redis.addAlert(id, to: place % 2 == 0 ? "unhealthy" : "healthy")
                            if place % 2 == 1 { leader.number += 1 }
                        }
                        try await eventually(within: .seconds(20)) { Set(sink.requests.compactMap(\.key)).count == ids.count }
                    }
                }
            }
            let keys = sink.requests.compactMap(\.key)
            var seen: Set<String> = []
            #expect(keys.filter { seen.insert($0).inserted } == ids)
            #expect(keys.count - ids.count < 25, "\(keys.count - ids.count) repeats")
        }

        @Test func `while Redis is away what was sent waits to be recorded, and is not sent again`() async throws {
            let redis = try await PrivateRedis.start("--appendonly", "yes")
            let sink = WebhookSink { [redis] number, _ in
                if number == 0 { redis.crash() }
                return .status(200)
            }
            let settings = try AlertSettings.webhook(try await sink.start())
            try await withAlerts(on: redis, settings) { _ in
                try await redis.addAlert("a")
                try await eventually { sink.requests.count == 1 }
                redis.kill()
                try await redis.start()
                try await eventually(within: .seconds(15)) { try await redis.deliveries().count == 1 }
            }
            #expect(sink.requests.count == 1)
            #expect(try await redis.deliveries().first?.result == "sent")
        }

        @Test func `a foreign value under the key, and damage in the stream, are said and left alone`() async throws {
            let redis = try await PrivateRedis.start()
            let (sink, log) = (WebhookSink(), RecordedLog())
            let settings = try AlertSettings.webhook(try await sink.start())
            try await redis.ask("SET", "usdcop:alerts", "mine")
            try await withAlerts(on: redis, settings, logger: log.logger) { _ in
                try await eventually { log.records.contains { $0.level == .warning } }
                #expect(try await redis.ask("GET", "usdcop:alerts").text == "mine")
                try await redis.ask("DEL", "usdcop:alerts")
                try await redis.ask("XADD", "usdcop:alerts", "*", "kind", "alert", "id", "a", "alert", "{")
                try await redis.addAlert("b")
                try await eventually { try await redis.deliveries().count == 1 }
            }
            #expect(sink.requests.map(\.key) == ["b"])
            #expect(log.records.contains { $0.message.contains("cannot be read") })
        }
    }
}

import CacheServices
import Hiredis
import LoggingServices
import RedisTesting
import Testing

@testable import HealthServices

extension LiveAlerts {
    @Suite("Risk alerts", .timeLimit(.minutes(1)))
    struct RiskAlertTests {
        /// Runs a trail that others follow.
        private func withTrail(_ redis: PrivateRedis, _ body: @Sendable (AuditLogger) async throws -> Void) async throws {
            try await RedisClient.withClient(redis.configuration, logger: .silent) { client in
                let audit = AuditLogger(redis: client, settings: AuditSettings(), isLasting: false, logger: .silent)
                let running = Task { await audit.run() }
                defer { audit.close() }
                try await body(audit)
                audit.close()
                await running.value
            }
        }

        private func alert(_ number: Int) throws -> RiskAlert {
            try RiskAlert(
                type: "MAX_DRAWDOWN", severity: "high", message: "Drawdown \(number)", threshold: 10, currentValue: 12.5, symbol: "USDCOP")
        }

        private func alerts(_ redis: PrivateRedis) async throws -> [Alert] {
            try await redis.ask("XRANGE", "usdcop:alerts", "-", "+").streamEntries().compactMap {
                if case .alert(let alert) = AlertEntry($0) { alert } else { nil }
            }
        }

        @Test func `every risk alert of the trail is an alert once, although two processes follow it`() async throws {
            let redis = try await PrivateRedis.start()
            let sink = WebhookSink()
            let settings = try AlertSettings.webhook(try await sink.start())
            try await withTrail(redis) { audit in
                // Recorded while nobody follows yet.
                let first = try await audit.logRiskAlert(alert(0)).entry.auditID
                try await audit.logSystemEvent("nothing grave")
                try await withAlerts(on: redis, settings) { _ in
                    try await withAlerts(on: redis) { _ in
                        var expected = [first]
                        for number in 1...20 { expected.append(try await audit.logRiskAlert(alert(number)).entry.auditID) }
                        try await eventually { try await redis.deliveries().filter { $0.result == "sent" }.count == 21 }
                        let found = try await alerts(redis)
                        #expect(found.map(\.id) == expected)
                        #expect(found.map(\.message) == (0...20).map { "Drawdown \($0)" })
                        #expect(found.allSatisfy { $0.subject == .risk(severity: "high", symbol: "USDCOP") })
                        #expect(found[3].jsonValue["alert_type"] == "MAX_DRAWDOWN" && found[3].jsonValue["current_value"] == 12.5)
                        #expect(sink.requests.map(\.key) == expected)
                    }
                }
                // The next process goes on where these ended.
                let last = try await audit.logRiskAlert(alert(21)).entry.auditID
                try await withAlerts(on: redis, settings) { _ in
                    try await eventually { sink.requests.last?.key == last }
                }
                #expect(sink.requests.count == 22)
            }
        }

        @Test func `a cursor that is no place, or beyond the trail, holds nothing up`() async throws {
            for stored in ["nonsense", "99999999999999-0"] {
                let redis = try await PrivateRedis.start()
                try await redis.ask("SET", "usdcop:alerts:cursor", .text(stored))
                try await withTrail(redis) { audit in
                    try await withAlerts(on: redis) { _ in
                        try await audit.logSystemEvent("the trail exists")
                        var count = 0
                        try await eventually {
                            count += 1
                            try await audit.logRiskAlert(alert(count))
                            return try await !alerts(redis).isEmpty
                        }
                    }
                }
                #expect(try await redis.ask("GET", "usdcop:alerts:cursor").text != stored)
            }
        }

        @Test func `what an open event says is taken as far as it makes sense`() throws {
            let entry = """
                {"action":"Risk alert","after_state":{"severity":7,"message":"m\\u0000","type":"\(String(repeating: "x", count: 65))"},\
                "audit_id":"a-1","event_type":"RISK_ALERT","symbol":"SYSTEM","timestamp":"2025-01-15T10:30:00.000Z"}
                """
            let record = [
                "writer": "0123456789abcdef", "seq": "1", "prev": String(repeating: "0", count: 64),
                "hash": String(repeating: "0", count: 64), "entry": entry,
            ]
            let stored = StreamEntry(id: .zero, fields: record.map { .init($0.key, $0.value) })
            let event = try #require(AuditTrailEntry(stored))
            let alert = try #require(Alert(event))
            #expect(alert.subject == .risk(severity: nil, symbol: "SYSTEM") && alert.jsonValue["alert_type"] == .null)
            #expect(try Alert(stored: alert.json).json == alert.json)
        }
    }
}

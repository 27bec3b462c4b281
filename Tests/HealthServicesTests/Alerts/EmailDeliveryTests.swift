import CacheServices
import Foundation
import RedisTesting
import Testing

@testable import HealthServices

extension LiveAlerts {
    @Suite("E-mail", .timeLimit(.minutes(1)))
    struct EmailDeliveryTests {
        private static let password = "s3cret%3Ap%40ss"

        /// Sends one alert, and gives what is on record when every recipient has an entry.
        private func deliver(_ settings: AlertSettings, _ log: RecordedLog = RecordedLog()) async throws -> [String] {
            let redis = try await PrivateRedis.start()
            try await redis.addAlert("trading-api:1", message: "trading-api is unhealthy: délai")
            try await withAlerts(on: redis, settings, logger: log.logger) { _ in
                try await eventually { try await redis.deliveries().count == settings.recipients.count }
            }
            let written = try await redis.alertsDump() + log.records.map { "\($0)" }.joined()
            for secret in ["s3cret", "wrong-password", "nobody of that name"] { #expect(!written.contains(secret)) }
            return try await redis.deliveries().map { "\($0.channel) \($0.result) \($0.detail) \($0.attempts)" }.sorted()
        }

        @Test(arguments: [("starttls", "smtp"), ("tls", "smtps")])
        func `goes encrypted and logged in`(mode: String, scheme: String) async throws {
            let server = try await MailServer.start(mode)
            defer { server.stop() }
            let settings = try server.settings("\(scheme)://desk:\(Self.password)@127.0.0.1", to: "desk@example.com", "night@example.com")
            #expect(try await deliver(settings) == ["mailto:desk@example.com sent  1", "mailto:night@example.com sent  1"])
            let messages = try server.lines("messages")
            #expect(messages.count == 2 && messages.allSatisfy { $0["tls"] == true && $0["login"] == true })
            #expect(Set(messages.compactMap { $0["to"]?.elements?.first?.text }) == ["desk@example.com", "night@example.com"])
            let data = try #require(messages.first?["data"]?.text)
            let read = try JSONParser.parse(Array(try await python("check_alert.py", ["message"], input: Array(data.utf8)).utf8))
            #expect(read["headers"]?["Message-ID"] == "<trading-api=3A1@example.com>")
            #expect(read["text"]?.text?.contains("trading-api is unhealthy: délai") == true)
        }

        @Test func `a wrong password is final, and is nowhere to be read`() async throws {
            let server = try await MailServer.start("starttls")
            defer { server.stop() }
            let settings = try server.settings("smtp://desk:wrong-password@127.0.0.1", to: "desk@example.com")
            #expect(try await deliver(settings) == ["mailto:desk@example.com failed login_refused 1"])
            #expect(try server.lines("messages").isEmpty)
            #expect(try server.lines("logins").allSatisfy { $0["known"] == false && $0["tls"] == true })
        }

        @Test func `no password goes to a server that does not encrypt`() async throws {
            let server = try await MailServer.start("auth-without-tls")
            defer { server.stop() }
            let settings = try server.settings("smtp://desk:\(Self.password)@127.0.0.1", to: "desk@example.com")
            #expect(try await deliver(settings) == ["mailto:desk@example.com failed no_tls 1"])
            #expect(try server.lines("logins").isEmpty && server.lines("messages").isEmpty)
        }

        @Test func `nor to one whose certificate is not trusted`() async throws {
            let server = try await MailServer.start("starttls")
            defer { server.stop() }
            let settings = try server.settings("smtp://desk:\(Self.password)@127.0.0.1", to: "desk@example.com", trusts: false)
            #expect(try await deliver(settings) == ["mailto:desk@example.com failed untrusted_certificate 1"])
            #expect(try server.lines("logins").isEmpty)
        }

        @Test func `without a password a relay without encryption will do; one refused address keeps no other from it`() async throws {
            let server = try await MailServer.start("plain")
            defer { server.stop() }
            let settings = try server.settings(
                "smtp://127.0.0.1", to: "desk@example.com", "refused@example.com", "later@example.com")
            let records = try await deliver(settings)
            #expect(
                records == [
                    "mailto:desk@example.com sent  1", "mailto:later@example.com sent  2", "mailto:refused@example.com failed smtp_550 1",
                ])
        }

        @Test func `a server that is away is tried again, and then failed`() async throws {
            let server = try await MailServer.start("plain")
            let settings = try server.settings("smtp://127.0.0.1", to: "desk@example.com")
            server.stop()
            let records = try await deliver(settings)
            #expect(records.count == 1 && records[0].hasPrefix("mailto:desk@example.com failed unreachable "))
            #expect(records[0].hasSuffix(" 1") == false)
        }
    }
}

import CacheServices
import Foundation
import Testing

@testable import HealthServices

@Suite("An alert as an e-mail")
struct EmailMessageTests {
    private func message(_ alert: Alert) throws -> EmailMessage {
        EmailMessage(from: try EmailAddress("usdcop@example.com"), to: try EmailAddress("desk@example.com"), alert: alert, date: .sample)
    }

    @Test func `Python reads what was written`() async throws {
        let text = "trading-api is unhealthy: timed out — café\r\n.\r\nBcc: x@y"
        let alert = try Alert.sample("trading-api:7 a/b", "trading-api", message: text)
        let read = try JSONParser.parse(Array(try await python("check_alert.py", ["message"], input: message(alert).bytes).utf8))
        let headers = try #require(read["headers"]?.members)
        #expect(
            Set(headers.map(\.name)) == [
                "Date", "From", "To", "Subject", "Message-ID", "X-Usdcop-Alert", "Auto-Submitted", "MIME-Version", "Content-Type",
                "Content-Transfer-Encoding",
            ])
        #expect(read["headers"]?["Subject"] == "[usdcop] trading-api is unhealthy")
        #expect(read["headers"]?["Message-ID"] == "<trading-api=3A7=20a=2Fb@example.com>")
        #expect(read["date"] == "2025-01-15T10:30:00+00:00")
        #expect(read["defects"] == [] && read["parts"] == 1)
        #expect(
            read["text"]?.text?.hasPrefix(text.replacingOccurrences(of: "\r\n", with: "\n")) == true
                || read["text"]?.text?.hasPrefix(text) == true)
        #expect(read["text"]?.text?.contains("reason: timed out") == true)
        #expect((read["longest"]?.double ?? 1000) <= 200)
    }

    @Test func `nothing in an alert becomes a header`() async throws {
        let json = #"{"id":"a","kind":"service","service":"x","to":"up Bcc: a@b","at":"2025-01-15T10:30:00Z","message":"\r\n\r\nX: y"}"#
        let alert = try Alert(stored: Array(json.utf8))
        let evil = Alert(
            id: alert.id, subject: .service("a\r\nBcc: c@d", from: nil, to: "u\nX-Evil: 1 é =?x"), at: alert.at, message: alert.message,
            jsonValue: alert.jsonValue)
        let bytes = try message(evil).bytes
        let read = try JSONParser.parse(Array(try await python("check_alert.py", ["message"], input: bytes).utf8))
        #expect(read["headers"]?.members?.count == 10 && read["headers"]?["Bcc"] == nil && read["headers"]?["X-Evil"] == nil)
        #expect(bytes.allSatisfy { $0 < 0x80 })
    }

    @Test(
        arguments: [
            ("plain", "plain"), ("café", "=?UTF-8?B?Y2Fmw6k=?="), ("=?a?=", "=?UTF-8?B?PT9hPz0=?="), ("a\r\nb", "=?UTF-8?B?YQ0KYg==?="),
            ("", ""),
        ])
    func `other characters are words of their own`(text: String, header: String) {
        #expect(EncodedWord.header(text) == header)
    }

    @Test func `a long subject is folded, and no character is divided`() throws {
        let header = EncodedWord.header(String(repeating: "ñ€🙂", count: 100))
        let words = header.components(separatedBy: "\r\n ")
        #expect(words.count > 10 && words.allSatisfy { $0.count <= 75 })
        let decoded = try words.map { word in
            let bytes = try #require(Data(base64Encoded: String(word.dropFirst(10).dropLast(2))))
            return try #require(String(validating: bytes, as: UTF8.self))
        }
        #expect(decoded.joined() == String(repeating: "ñ€🙂", count: 100))
    }

    @Test(
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 +0000"), (-1, "Wed, 31 Dec 1969 23:59:59 +0000"),
            (1_736_937_000_999, "Wed, 15 Jan 2025 10:30:00 +0000"),
            (1_709_164_800_000, "Thu, 29 Feb 2024 00:00:00 +0000"),
        ] as [(Int64, String)])
    func `dates are those of RFC 5322`(milliseconds: Int64, date: String) {
        #expect(EmailMessage.date(Timestamp(milliseconds: milliseconds)) == date)
    }
}

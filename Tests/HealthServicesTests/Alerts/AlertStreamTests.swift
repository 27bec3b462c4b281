import CacheServices
import RedisTesting
import Testing

@testable import HealthServices

@Suite("The stream of alerts")
struct AlertStreamTests {
    private static func entry(_ fields: [(String, String)]) -> StreamEntry {
        StreamEntry(id: StreamID(milliseconds: 1, sequence: 0), fields: fields.map { .init($0.0, $0.1) })
    }

    @Test func `what is written is what is read`() throws {
        let alert = try Alert.sample("trading-api:7", "trading-api", message: "trading-api is unhealthy: timed out — café")
        let delivery = AlertDelivery(
            id: alert.id, channel: "mailto:a@b", result: .failed, attempts: 3, at: .sample, detail: "smtp_550")
        for entry in [AlertEntry.alert(alert), .delivery(delivery)] {
            let stored = StreamEntry(id: .zero, fields: entry.fields)
            #expect(AlertEntry(stored) == entry)
        }
        #expect(alert.service == "trading-api")
        #expect(alert.subject == .service("trading-api", from: "healthy", to: "unhealthy"))
    }

    @Test func `fields of a newer writer are kept and passed on`() throws {
        let text = """
            {"id":"x","kind":"service","service":"a","from":null,"to":"healthy","at":"2025-01-15T05:30:00-05:00","message":"m","zone":"b"}
            """
        let alert = try Alert(stored: Array(text.utf8))
        #expect(alert.at == .sample)
        #expect(alert.jsonValue["zone"] == "b")
        #expect(String(decoding: alert.json, as: UTF8.self).contains(#""zone":"b""#))
    }

    @Test(arguments: [
        #"{}"#, "[]", "", "nonsense",
        #"{"id":"a\r\nX: y","kind":"service","service":"s","to":"healthy","at":"2025-01-15T10:30:00Z","message":"m"}"#,
        #"{"id":" a","kind":"service","service":"s","to":"healthy","at":"2025-01-15T10:30:00Z","message":"m"}"#,
        #"{"id":"é","kind":"service","service":"s","to":"healthy","at":"2025-01-15T10:30:00Z","message":"m"}"#,
        #"{"id":"a","kind":"gossip","service":"s","to":"healthy","at":"2025-01-15T10:30:00Z","message":"m"}"#,
        #"{"id":"a","kind":"service","service":"s","at":"2025-01-15T10:30:00Z","message":"m"}"#,
        #"{"id":"a","kind":"service","service":"s","to":"healthy","at":"soon","message":"m"}"#,
        #"{"id":"a","kind":"service","service":"s","to":"healthy","at":"2025-01-15T10:30:00Z"}"#,
        #"{"id":"a","kind":"risk","severity":"high","symbol":"*","at":"2025-01-15T10:30:00Z","message":"m"}"#,
    ])
    func `what is no alert is told apart, whatever it is`(json: String) {
        #expect(AlertEntry(Self.entry([("kind", "alert"), ("id", "a"), ("alert", json)])) == nil)
    }

    @Test func `an alert under another name than its own, or too large a one, is none`() throws {
        let json = Alert.stored("a")
        #expect(AlertEntry(Self.entry([("kind", "alert"), ("id", "b"), ("alert", json)])) == nil)
        let large = Alert.stored("a", message: String(repeating: "x", count: Alert.maximumBytes))
        #expect(AlertEntry(Self.entry([("kind", "alert"), ("id", "a"), ("alert", large)])) == nil)
        #expect(AlertEntry(Self.entry([("kind", "alert"), ("id", "a"), ("alert", json)])) != nil)
    }

    @Test func `alerts are listed newest first with their deliveries, and damage is named`() async throws {
        let stream = InMemoryEventStream(maximumLength: 1000)
        let log = AlertLog(stream)
        try await stream.append(AlertEntry.alert(Alert.sample("a")).fields)
        let first = AlertDelivery(id: "a", channel: "one", result: .failed, attempts: 4, at: .sample, detail: "timeout")
        try await stream.append(AlertEntry.delivery(first).fields)
        let foreign = try await stream.append([.init("kind", "poem")])
        try await stream.append(AlertEntry.alert(Alert.risk("b")).fields)
        let second = AlertDelivery(id: "a", channel: "two", result: .sent, attempts: 1, at: .sample)
        try await stream.append(AlertEntry.delivery(second).fields)
        let page = try await log.recent()
        #expect(page.alerts.map(\.alert.id) == ["b", "a"])
        #expect(page.alerts.last?.deliveries == [first, second])
        #expect(page.unreadable == [foreign])
        #expect(try await log.recent(limit: 1).alerts.map(\.alert.id) == ["b"])
        #expect(page.jsonValue["alerts"]?.elements?.last?["deliveries"]?.elements?.map { $0["result"] } == ["failed", "sent"])
        for limit in [0, 1001, -1] {
            await #expect(throws: CacheError.self) { try await log.recent(limit: limit) }
        }
    }
}

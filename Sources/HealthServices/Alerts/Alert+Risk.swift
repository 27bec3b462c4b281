import CacheServices
import LoggingServices

extension Alert {
    private static let longestMessage = 2000

    /// The alert of a RISK_ALERT event, under the event's own name; `nil` when that name cannot go into a header.
    init?(_ event: AuditTrailEntry) {
        let entry = event.entry
        guard Self.isIdentity(entry.auditID) else { return nil }
        let told = entry.afterState
        let severity = (told?["severity"] ?? entry.metadata?["severity"])?.text.flatMap(Self.word)
        let words = (told?["message"]?.text ?? entry.action).unicodeScalars.prefix(Self.longestMessage)
        let message = String(String.UnicodeScalarView(words))
        let members: [JSONValue.Member] = [
            .init("id", .string(entry.auditID)), .init("kind", "risk"), .init("severity", severity.map(JSONValue.string) ?? .null),
            .init("alert_type", told?["type"]?.text.flatMap(Self.word).map(JSONValue.string) ?? .null),
            .init("message", .string(message)), .init("symbol", .string(entry.symbol.rawValue)),
            .init("at", .string(entry.timestamp.iso8601)),
            .init("threshold", .finite(told?["threshold"]?.double)), .init("current_value", .finite(told?["current_value"]?.double)),
        ]
        self.init(
            id: entry.auditID, subject: .risk(severity: severity, symbol: entry.symbol.rawValue), at: entry.timestamp, message: message,
            jsonValue: .object(members))
    }

    /// The data of an event is open: only what is as short and printable as it should be is taken for a word.
    private static func word(_ text: String) -> String? { TextRule(maximumLength: 64).problem(with: text) == nil ? text : nil }
}

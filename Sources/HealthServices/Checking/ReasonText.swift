import CacheServices
import LoggingServices

/// Reasons that come from custom checks, fit to be stored and shown.
enum ReasonText {
    static let maximumLength = 200

    /// One line of at most 200 characters, with secrets redacted.
    static func line(_ text: String) -> String {
        let shown = String(text.unicodeScalars.map { TextRule.isPrintable($0) ? Character($0) : " " })
        let redacted = Redaction.redacting(shown)
        return redacted.count <= maximumLength ? redacted : redacted.prefix(maximumLength - 1) + "…"
    }
}

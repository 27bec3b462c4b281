public import CacheServices

/// Something that people are to be told, under an identity that never changes: receivers drop repeats by it.
public struct Alert: Sendable, Hashable {
    /// What an alert is about.
    public enum Subject: Sendable, Hashable {
        /// A service came to another state; states are words such as `healthy` and `unhealthy`.
        case service(String, from: String?, to: String)
        /// A RISK_ALERT of the audit trail.
        case risk(severity: String?, symbol: String)
    }

    /// The most bytes that a stored alert may have.
    public static let maximumBytes = 16 * 1024

    /// 1 to 256 printable ASCII characters, not beginning or ending with a space: it goes into headers.
    public let id: String
    public let subject: Subject
    /// When it happened.
    public let at: Timestamp
    /// What happened, in one sentence for a person.
    public let message: String
    /// The alert as it is stored and sent, with fields that a newer writer added.
    public let jsonValue: JSONValue

    init(id: String, subject: Subject, at: Timestamp, message: String, jsonValue: JSONValue) {
        self.id = id
        self.subject = subject
        self.at = at
        self.message = message
        self.jsonValue = jsonValue
    }

    /// The name of the service that it is about; `nil` for a risk alert.
    public var service: String? {
        if case .service(let name, _, _) = subject { name } else { nil }
    }

    /// Whether a text may be the identity of an alert.
    public static func isIdentity(_ text: String) -> Bool {
        (1...256).contains(text.utf8.count) && text.utf8.allSatisfy { (0x20...0x7e).contains($0) } && text.first != " " && text.last != " "
    }
}

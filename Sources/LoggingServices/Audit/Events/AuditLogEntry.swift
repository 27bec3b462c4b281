public import CacheServices

/// One event of the trail as it is stored and shown (Seed: AuditLogEntry).
public struct AuditLogEntry: Sendable, Hashable {
    /// The most bytes that an entry may have as stored JSON.
    public static let maximumBytes = 16 * 1024

    package enum Limits {
        static let auditID = TextRule(maximumLength: 128)
        package static let userID = TextRule(maximumLength: 128)
        static let ipAddress = TextRule(maximumLength: 64)
        static let action = TextRule(maximumLength: 4096)
    }

    /// The entry's own name, 1 to 128 printable characters.
    public let auditID: String
    /// When it happened, by the clock of the process that wrote it.
    public let timestamp: Timestamp
    public let eventType: AuditEventType
    /// Who did it, 1 to 128 printable characters; the name of the API key over HTTP.
    public let userID: String?
    /// What it is about; `UNKNOWN` or `SYSTEM` where nothing was said.
    public let symbol: Symbol
    /// What happened, as a readable sentence on one line.
    public let action: String
    /// What was so before.
    public let beforeState: JSONValue?
    /// What is so after.
    public let afterState: JSONValue?
    /// Identifying fields, and whatever the caller gave.
    public let metadata: JSONValue?
    /// Where it came from.
    public let ipAddress: String?
    /// Fields that a newer writer stored and this version does not know.
    public let unknown: [JSONValue.Member]

    init(
        auditID: String, timestamp: Timestamp, eventType: AuditEventType, userID: String?, symbol: Symbol, action: String,
        beforeState: JSONValue?, afterState: JSONValue?, metadata: JSONValue?, ipAddress: String?, unknown: [JSONValue.Member] = []
    ) {
        self.auditID = auditID
        self.timestamp = timestamp
        self.eventType = eventType
        self.userID = userID
        self.symbol = symbol
        self.action = action
        self.beforeState = beforeState
        self.afterState = afterState
        self.metadata = metadata
        self.ipAddress = ipAddress
        self.unknown = unknown
    }

    /// The same event under the name, and with the time, that it got when it was recorded first.
    func named(_ auditID: String) -> AuditLogEntry {
        AuditLogEntry(
            auditID: auditID, timestamp: AuditID.time(of: auditID) ?? timestamp, eventType: eventType, userID: userID, symbol: symbol,
            action: action, beforeState: beforeState, afterState: afterState, metadata: metadata, ipAddress: ipAddress, unknown: unknown)
    }
}

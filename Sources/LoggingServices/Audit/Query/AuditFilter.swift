public import CacheServices

/// Which events are meant; what is `nil` does not matter (Seed: filters of `getAuditTrail`).
public struct AuditFilter: Sendable, Hashable {
    public var eventType: AuditEventType?
    public var symbol: Symbol?
    public var userID: String?
    /// Nothing that happened before; the instant itself counts.
    public var start: Timestamp?
    /// Nothing that happened after; the instant itself counts.
    public var end: Timestamp?

    /// Everything, unless something is said.
    public init(
        eventType: AuditEventType? = nil, symbol: Symbol? = nil, userID: String? = nil, start: Timestamp? = nil, end: Timestamp? = nil
    ) {
        self.eventType = eventType
        self.symbol = symbol
        self.userID = userID
        self.start = start
        self.end = end
    }

    /// Whether it lets everything through.
    public var isEmpty: Bool { self == AuditFilter() }

    /// Whether an entry is meant.
    public func allows(_ entry: AuditLogEntry) -> Bool {
        allows(AuditMark(timestamp: entry.timestamp, symbol: entry.symbol, userID: entry.userID, eventType: entry.eventType))
    }

    func allows(_ mark: AuditMark) -> Bool {
        if let eventType, mark.eventType != eventType { return false }
        if let start, mark.timestamp < start { return false }
        if let end, mark.timestamp > end { return false }
        if let symbol, mark.symbol != symbol { return false }
        if let userID, mark.userID != userID { return false }
        return true
    }
}

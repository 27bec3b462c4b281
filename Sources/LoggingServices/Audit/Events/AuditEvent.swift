public import CacheServices

/// What is to be recorded: the trail adds its name, its time and its place in the chain.
public struct AuditEvent: Sendable, Hashable {
    public let eventType: AuditEventType
    /// What it is about.
    public let symbol: Symbol
    /// What happened, as a readable sentence on one line.
    public let action: String
    public let beforeState: JSONValue?
    public let afterState: JSONValue?
    public let metadata: JSONValue?
    /// Who did it; whoever has a caller at hand sets it.
    public var userID: String?
    /// Where it came from.
    public var ipAddress: String?

    init(
        _ eventType: AuditEventType, symbol: Symbol, action: String, beforeState: JSONValue? = nil, afterState: JSONValue? = nil,
        metadata: JSONValue? = nil, userID: String? = nil, ipAddress: String? = nil
    ) {
        self.eventType = eventType
        self.symbol = symbol
        self.action = action
        self.beforeState = beforeState
        self.afterState = afterState
        self.metadata = metadata
        self.userID = userID
        self.ipAddress = ipAddress
    }

    /// The entry of an event that happens now; its name carries the same instant.
    func entry() -> AuditLogEntry {
        let time = Timestamp.now
        return entry(id: AuditID.make(at: time), at: time)
    }

    /// The entry under a name of its own.
    func entry(id: String, at time: Timestamp) -> AuditLogEntry {
        AuditLogEntry(
            auditID: id, timestamp: time, eventType: eventType, userID: userID, symbol: symbol, action: action, beforeState: beforeState,
            afterState: afterState, metadata: metadata, ipAddress: ipAddress)
    }
}

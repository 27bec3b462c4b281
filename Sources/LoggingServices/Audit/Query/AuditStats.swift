public import CacheServices

/// What the trail holds, counted (Seed: getAuditStats).
public struct AuditStats: Sendable, Hashable {
    /// What counts as recent.
    public static let recentPeriod = Duration.seconds(3600)

    /// All entries of the trail, those that cannot be read included.
    public var totalEvents = 0
    /// All six types, zeros included.
    public var eventsByType: [AuditEventType: Int] = Dictionary(uniqueKeysWithValues: AuditEventType.allCases.map { ($0, 0) })
    public var eventsBySymbol: [Symbol: Int] = [:]
    /// Events of the last hour, by the times that the entries themselves carry: what waited for Redis counts when it happened.
    public var recentEvents = 0
    /// The time of the earliest event.
    public var oldest: Timestamp?
    /// The time of the latest event.
    public var newest: Timestamp?
    /// Stream entries that hold no event that can be read.
    public var unreadableEvents = 0

    init() {}

    mutating func add(_ mark: AuditMark?, recentSince: Timestamp) {
        totalEvents += 1
        guard let mark else {
            unreadableEvents += 1
            return
        }
        eventsByType[mark.eventType, default: 0] += 1
        eventsBySymbol[mark.symbol, default: 0] += 1
        if mark.timestamp > recentSince { recentEvents += 1 }
        oldest = min(oldest ?? mark.timestamp, mark.timestamp)
        newest = max(newest ?? mark.timestamp, mark.timestamp)
    }

    /// The counts as they go over the wire.
    public var jsonValue: JSONValue {
        let types = AuditEventType.allCases.map { JSONValue.Member($0.rawValue, .integer(eventsByType[$0] ?? 0)) }
        let symbols = eventsBySymbol.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key.rawValue, .integer($0.value)) }
        return [
            "total_events": .integer(totalEvents), "events_by_type": .object(types), "events_by_symbol": .object(symbols),
            "recent_events": .integer(recentEvents), "oldest_timestamp": oldest.map { .string($0.iso8601) } ?? .null,
            "newest_timestamp": newest.map { .string($0.iso8601) } ?? .null, "unreadable_events": .integer(unreadableEvents),
        ]
    }
}

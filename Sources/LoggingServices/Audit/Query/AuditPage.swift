public import CacheServices

/// Some events of the trail, newest first.
public struct AuditPage: Sendable, Hashable {
    /// What the greatest page may have.
    public static let limits = 1...1000

    public let entries: [AuditTrailEntry]
    /// Where to go on; `nil` when nothing older was there.
    public let nextCursor: AuditCursor?
    /// Stream entries between the first and the last of this page that hold no event that can be read. They are left as they are.
    public let unreadable: [StreamID]

    /// The page as it goes over the wire; `unreadable` is there only when there is something to name.
    public var jsonValue: JSONValue {
        var members: [JSONValue.Member] = [
            .init("count", .integer(entries.count)), .init("entries", .array(entries.map(\.jsonValue))),
            .init("next_cursor", nextCursor.map { .string($0.text) } ?? .null),
        ]
        if !unreadable.isEmpty { members.append(.init("unreadable", .array(unreadable.map { .string("\($0)") }))) }
        return .object(members)
    }
}

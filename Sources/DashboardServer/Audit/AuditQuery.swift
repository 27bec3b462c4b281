import CacheServices
import LoggingServices

/// What `GET /api/audit/signals` asks for. Each type has parameters of its own; those of another type are refused.
enum AuditQuery: Sendable, Hashable {
    case trail(AuditFilter, limit: Int, AuditCursor?)
    case stats
    case export(AuditExportFormat, AuditFilter, limit: Int?)
    case verify

    private enum Kind: String, CaseIterable {
        case trail, stats, export, verify
    }

    /// The most events that an export can be told to have.
    static let exportLimits = 1...10_000_000

    /// - Throws: ``Problem`` naming every parameter that is wrong.
    init(_ query: String?) throws(Problem) {
        var reader = QueryReader(query)
        try self.init(&reader)
    }

    init(_ reader: inout QueryReader) throws(Problem) {
        switch try reader.kind(standard: Kind.trail) {
        case .trail:
            let filter = reader.auditFilter()
            let limit = reader.integer("limit", in: AuditPage.limits)
            let cursor = reader.auditCursor("cursor")
            try reader.finish()
            self = .trail(filter, limit: limit ?? 100, cursor)
        case .stats:
            try reader.finish()
            self = .stats
        case .export:
            let format = reader.choice("format", of: AuditExportFormat.self)
            let filter = reader.auditFilter()
            let limit = reader.integer("limit", in: Self.exportLimits)
            try reader.finish()
            self = .export(format ?? .json, filter, limit: limit)
        case .verify:
            try reader.finish()
            self = .verify
        }
    }
}

extension QueryReader {
    /// Takes `eventType`, `symbol`, `userId`, `startTime` and `endTime`, all optional.
    fileprivate mutating func auditFilter() -> AuditFilter {
        let eventType = choice("eventType", of: AuditEventType.self)
        let symbol = symbol("symbol")
        let rule = AuditLogEntry.Limits.userID
        let userID = text("userId", .text(rule))
        if let userID, let code = rule.problem(with: userID) { report("userId", code, rule.sentence) }
        let start = timestamp("startTime")
        let end = timestamp("endTime")
        if let start, let end, end < start { report("endTime", .outOfRange, "must not be before startTime") }
        return AuditFilter(eventType: eventType, symbol: symbol, userID: userID, start: start, end: end)
    }

    /// Takes the `next_cursor` of a page.
    fileprivate mutating func auditCursor(_ name: String) -> AuditCursor? {
        guard let text = text(name, .auditCursor) else { return nil }
        if let cursor = AuditCursor(text) { return cursor }
        report(name, .malformed, "must be the next_cursor of a page")
        return nil
    }
}

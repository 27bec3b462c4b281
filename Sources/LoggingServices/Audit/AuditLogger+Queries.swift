import CacheServices

// The seed's methods that read. ``AuditLogger/reader`` has the same and more.

extension AuditLogger {
    /// Events that a filter means, newest first (Seed: getAuditTrail).
    ///
    /// - Parameters:
    ///   - limit: 1 to 1000.
    ///   - cursor: where the page before ended.
    public func getAuditTrail(
        _ filter: AuditFilter = AuditFilter(), limit: Int = 100, cursor: AuditCursor? = nil
    ) async throws(AuditError) -> AuditPage {
        try await reader.trail(filter, limit: limit, cursor: cursor)
    }

    /// How many events there are, by type and symbol, and in the last hour (Seed: getAuditStats).
    public func getAuditStats() async throws(AuditError) -> AuditStats { try await reader.stats() }

    /// The trail as a file in chunks, oldest event first (Seed: exportAuditTrail).
    public func exportAuditTrail(
        _ format: AuditExportFormat, _ filter: AuditFilter = AuditFilter()
    ) async throws(AuditError) -> AuditExport {
        try await reader.export(format, filter)
    }
}

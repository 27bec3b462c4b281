import CacheServices

extension AuditTrailReader {
    /// The trail as a file, oldest event first (Seed: exportAuditTrail).
    ///
    /// - Parameter limit: only so many of the newest events that the filter means; at least 1.
    /// - Throws: ``AuditError``: `invalid` for a limit below 1, `unavailable` or `dataConflict` when the trail cannot be read.
    public func export(
        _ format: AuditExportFormat, _ filter: AuditFilter = AuditFilter(), limit: Int? = nil
    ) async throws(AuditError) -> AuditExport {
        guard let limit else { return AuditExport(format: format, stream: stream, filter: filter, first: nil, expected: nil, limit: nil) }
        guard limit >= 1 else { throw AuditError(.invalid, "An export has at least one event.") }
        do throws(CacheError) {
            try await mirror.sync()
        } catch {
            throw AuditError(reading: error)
        }
        let (first, expected) = await mirror.read { elements -> (StreamID?, Int) in
            let first = AuditMatches(elements, filter: filter, limit: limit, before: nil).ids.last
            return (first, first.map { first in elements.reversed().prefix { $0.id >= first }.count } ?? elements.count)
        }
        return AuditExport(format: format, stream: stream, filter: filter, first: first, expected: expected, limit: limit)
    }
}

public import CacheServices

extension AuditTrailReader {
    /// How many of the executed signals were filled: for `success_rate` of the statistics of signals.
    ///
    /// - Parameter signals: the history of one symbol.
    /// - Returns: 0 to 1; `nil` where the trail knows no execution of any of them.
    /// - Throws: ``AuditError`` when the trail cannot be read.
    public func successRate(of signals: [Signal]) async throws(AuditError) -> Double? {
        guard let symbol = signals.first?.symbol, let oldest = signals.map(\.timestamp).min() else { return nil }
        let known = Set(signals.map(\.signalID))
        // Nothing is executed before it is signalled, but the clock of whoever signalled may be ahead.
        let filter = AuditFilter(eventType: .signalExecuted, symbol: symbol, start: oldest - Signal.maximumFutureSkew)
        var isFilled: [String: Bool] = [:]
        var cursor: AuditCursor?
        repeat {
            let page = try await trail(filter, limit: AuditPage.limits.upperBound, cursor: cursor)
            for entry in page.entries.map(\.entry) {
                guard let id = entry.metadata?["signal_id"]?.text, known.contains(id) else { continue }
                isFilled[id, default: false] = isFilled[id] == true || entry.afterState?["status"]?.text == "filled"
            }
            cursor = page.nextCursor
        } while cursor != nil && isFilled.count < known.count
        return isFilled.isEmpty ? nil : Double(isFilled.values.count { $0 }) / Double(isFilled.count)
    }
}

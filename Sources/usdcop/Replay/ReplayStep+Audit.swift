import CacheServices
import LoggingServices

extension ReplayStep {
    /// Nobody may take a replay for trading.
    static let auditMetadata: JSONValue = ["account": "paper", "source": "usdcop replay"]

    /// What the account did on the signal, for the audit trail: one execution, then the positions that it closed and opened.
    ///
    /// - Throws: `ValidationError` for values that no step of a ``ReplayEngine`` has.
    func accountEvents() throws(ValidationError) -> [AuditEvent] {
        var traded: Double?
        var events: [AuditEvent] = []
        for change in positionChanges {
            switch change {
            case .opened(let position):
                traded = (traded ?? 0) + position.quantity
                events.append(try .positionOpened(position, metadata: Self.auditMetadata))
            case .closed(let position):
                traded = (traded ?? 0) - position.quantity
                events.append(try .positionClosed(position, pnl: position.pnl, metadata: Self.auditMetadata))
            case .marked: continue
            }
        }
        guard let traded else { return [] }
        let execution = try SignalExecution(
            executionID: signal.signalID + "-execution", price: signal.price, quantity: traded, status: "filled",
            timestamp: signal.timestamp)
        return [try .signalExecuted(signal, execution: execution, metadata: Self.auditMetadata)] + events
    }
}

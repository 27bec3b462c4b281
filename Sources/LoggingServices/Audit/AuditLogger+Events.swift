public import CacheServices

// The seed's methods: one for each kind of event. Each makes the event and records it.

extension AuditLogger {
    /// Records that a model gave a signal (Seed: logSignalGenerated).
    @discardableResult
    public func logSignalGenerated(_ signal: Signal, metadata: JSONValue? = nil) async throws(AuditError) -> AuditReceipt {
        try await log { () throws(ValidationError) in try .signalGenerated(signal, metadata: metadata) }
    }

    /// Records that a signal was carried out (Seed: logSignalExecuted).
    @discardableResult
    public func logSignalExecuted(
        _ signal: Signal, execution: SignalExecution, metadata: JSONValue? = nil
    ) async throws(AuditError) -> AuditReceipt {
        try await log { () throws(ValidationError) in try .signalExecuted(signal, execution: execution, metadata: metadata) }
    }

    /// Records that a position was opened (Seed: logPositionOpened).
    @discardableResult
    public func logPositionOpened(_ position: Position, metadata: JSONValue? = nil) async throws(AuditError) -> AuditReceipt {
        try await log { () throws(ValidationError) in try .positionOpened(position, metadata: metadata) }
    }

    /// Records that a position was closed, with what it brought (Seed: logPositionClosed).
    @discardableResult
    public func logPositionClosed(_ position: Position, pnl: Double, metadata: JSONValue? = nil) async throws(AuditError) -> AuditReceipt {
        try await log { () throws(ValidationError) in try .positionClosed(position, pnl: pnl, metadata: metadata) }
    }

    /// Records that a bound of risk was passed (Seed: logRiskAlert).
    @discardableResult
    public func logRiskAlert(_ alert: RiskAlert, metadata: JSONValue? = nil) async throws(AuditError) -> AuditReceipt {
        try await log { () throws(ValidationError) in try .riskAlert(alert, metadata: metadata) }
    }

    /// Records something that the system did or met (Seed: logSystemEvent).
    @discardableResult
    public func logSystemEvent(_ event: String, metadata: JSONValue? = nil) async throws(AuditError) -> AuditReceipt {
        try await log(.system(event, metadata: metadata))
    }

    /// Records an event that may turn out to be none: then it is refused as `invalid`.
    private func log(_ make: () throws(ValidationError) -> AuditEvent) async throws(AuditError) -> AuditReceipt {
        let event: AuditEvent
        do throws(ValidationError) {
            event = try make()
        } catch {
            throw AuditError(.invalid, "The event cannot be recorded: \(error)")
        }
        return try await log(event)
    }
}

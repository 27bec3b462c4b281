public import CacheServices

/// Events of typed values. They go through their JSON, so that an event says the same whichever way it came.
///
/// All throw only for `metadata` that is no object, and for a profit that is no finite number.
extension AuditEvent {
    /// A model gave a signal.
    public static func signalGenerated(_ signal: Signal, metadata: JSONValue? = nil) throws(ValidationError) -> AuditEvent {
        try AuditEvent(type: .signalGenerated, data: signal.jsonValue, metadata: metadata)
    }

    /// A signal was dealt, or could not be.
    public static func signalExecuted(
        _ signal: Signal, execution: SignalExecution, metadata: JSONValue? = nil
    ) throws(ValidationError) -> AuditEvent {
        let data: JSONValue = ["execution": execution.jsonValue, "signal": signal.jsonValue]
        return try AuditEvent(type: .signalExecuted, data: data, metadata: metadata)
    }

    /// A position was opened.
    public static func positionOpened(_ position: Position, metadata: JSONValue? = nil) throws(ValidationError) -> AuditEvent {
        try AuditEvent(type: .positionOpened, data: position.jsonValue, metadata: metadata)
    }

    /// A position was closed at its current price.
    ///
    /// - Parameter pnl: what it brought or cost.
    public static func positionClosed(_ position: Position, pnl: Double, metadata: JSONValue? = nil) throws(ValidationError) -> AuditEvent {
        guard let pnl = JSONNumber(pnl) else {
            throw ValidationError(field: "data.pnl", code: .outOfRange, sentence: NumberRule.finite.sentence)
        }
        let data: JSONValue = ["pnl": .number(pnl), "position": position.jsonValue]
        return try AuditEvent(type: .positionClosed, data: data, metadata: metadata)
    }

    /// A limit was met or crossed.
    public static func riskAlert(_ alert: RiskAlert, metadata: JSONValue? = nil) throws(ValidationError) -> AuditEvent {
        try AuditEvent(type: .riskAlert, data: alert.jsonValue, metadata: metadata)
    }

    /// Something that the system did or met.
    ///
    /// - Parameters:
    ///   - event: a sentence; it becomes `action`, on one line and of bounded length. Where that changes it, the text itself is kept in the
    ///     metadata, as `event`.
    ///   - metadata: what belongs to it; anything but an object is kept under the name `value`.
    public static func system(_ event: String, metadata: JSONValue? = nil, symbol: Symbol = "SYSTEM") -> AuditEvent {
        var draft = AuditDraft()
        draft.tell(event)
        let given: [JSONValue.Member] =
            switch metadata {
            case nil, .null?: []
            case .object(let members)?: members
            case let value?: [.init("value", value)]
            }
        return AuditEvent(.systemEvent, symbol: symbol, action: draft.action, metadata: draft.metadata(with: given))
    }
}

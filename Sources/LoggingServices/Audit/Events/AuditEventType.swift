/// The six kinds of event that the trail knows (Seed: AuditEventType).
public enum AuditEventType: String, Sendable, Hashable, CaseIterable {
    case signalGenerated = "SIGNAL_GENERATED"
    case signalExecuted = "SIGNAL_EXECUTED"
    case positionOpened = "POSITION_OPENED"
    case positionClosed = "POSITION_CLOSED"
    case riskAlert = "RISK_ALERT"
    case systemEvent = "SYSTEM_EVENT"
}

import CacheServices

extension AuditDraft {
    /// RISK_ALERT: `data` is the alert, and is kept whole.
    mutating func readAlert(_ data: JSONValue) {
        var alert = AuditSubject(data, path: "data")
        let value = alert.any("current_value")
        let message = alert.text("message")
        let severity = alert.text("severity", .optional)
        symbol = alert.symbol(otherwise: "SYSTEM")
        let threshold = alert.any("threshold")
        let kind = alert.text("type")
        Self.add("alert_type", kind, to: &identity)
        Self.add("severity", severity, to: &identity)
        Self.add("threshold", threshold, to: &identity)
        Self.add("current_value", value, to: &identity)
        after = data.members ?? []
        problems += alert.problems
        let aside = AuditSentence.aside([
            AuditSentence.piece(value).map { "value \($0)" }, AuditSentence.piece(threshold).map { "threshold \($0)" },
        ])
        let words = AuditSentence.text(message?.text ?? "", maximumLength: AuditSentence.messageLength)
        let name = [AuditSentence.piece(severity), AuditSentence.piece(kind)].compactMap { $0 }.joined(separator: " ")
        action = "Risk alert: \(name): \(words)\(aside)"
    }

    /// SYSTEM_EVENT: `{"event"}`, and whatever belongs to it.
    mutating func readSystemEvent(_ data: JSONValue) {
        var subject = AuditSubject(data, path: "data")
        let event = subject.text("event")
        symbol = subject.symbol(otherwise: "SYSTEM")
        besides = subject.rest()
        problems += subject.problems
        tell(event?.text ?? "")
    }

    /// Makes a caller's text the sentence; where that changed it, the text itself goes to the metadata.
    mutating func tell(_ event: String) {
        action = AuditSentence.text(event, maximumLength: AuditSentence.messageLength)
        if Array(action.utf8) != Array(event.utf8) { Self.add("event", .string(event), to: &identity) }
    }
}

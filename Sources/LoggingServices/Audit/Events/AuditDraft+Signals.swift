import CacheServices

extension AuditDraft {
    /// SIGNAL_GENERATED: `data` is the signal.
    mutating func readSignal(_ data: JSONValue) {
        var signal = AuditSubject(data, path: "data")
        let advice = signal.text("action")
        let confidence = signal.number("confidence", .optional)
        let features = signal.any("features")
        let model = signal.any("model_version")
        let price = signal.number("price", .optional)
        let id = signal.any("signal_id")
        symbol = signal.symbol(otherwise: "UNKNOWN")
        signal.skip("timestamp", "execution_latency_ms")
        Self.add("signal_id", id, to: &identity)
        Self.add("confidence", confidence, to: &identity)
        Self.add("model_version", model, to: &identity)
        Self.add("action", advice, to: &after)
        Self.add("price", price, to: &after)
        Self.add("features", features, to: &after)
        Self.add(signal.rest(), to: &after)
        problems += signal.problems
        let aside = AuditSentence.aside([AuditSentence.piece(confidence).map { "confidence \($0)" }, AuditSentence.piece(model)])
        action = "Signal generated: \(AuditSentence.piece(advice) ?? "") \(symbol)\(Self.at(price))\(aside)"
    }

    /// SIGNAL_EXECUTED: `{"signal", "execution"}`.
    mutating func readExecution(_ data: JSONValue) {
        var subject = AuditSubject(data, path: "data")
        var execution = subject.object("execution", path: "data.execution")
        var signal = subject.object("signal", path: "data.signal")
        let advice = signal.text("action")
        let advised = signal.any("price")
        let signalID = signal.any("signal_id")
        symbol = signal.symbol(otherwise: "UNKNOWN")
        signal.skip("timestamp", "execution_latency_ms", "confidence", "features", "model_version")
        let executionID = execution.any("execution_id")
        let price = execution.number("price", .optional)
        let quantity = execution.number("quantity", .optional)
        let status = execution.text("status")
        let time = execution.any("timestamp")
        Self.add("signal_id", signalID, to: &identity)
        Self.add("execution_id", executionID, to: &identity)
        Self.add("execution_price", price, to: &identity)
        Self.add("execution_time", time, to: &identity)
        Self.add("signal_action", advice, to: &before)
        Self.add("signal_price", advised, to: &before)
        Self.add(signal.rest(), to: &before)
        Self.add("executed_price", price, to: &after)
        Self.add("quantity", quantity, to: &after)
        Self.add("status", status, to: &after)
        Self.add(execution.rest(), to: &after)
        besides = subject.rest()
        problems += subject.problems + signal.problems + execution.problems
        let amount = AuditSentence.piece(quantity).map { " \($0)" } ?? ""
        let what = "\(AuditSentence.piece(advice) ?? "")\(amount) \(symbol)\(Self.at(price))"
        action = "Signal executed: \(what)\(AuditSentence.aside([AuditSentence.piece(status)]))"
    }

    /// ` at 4250.5`
    static func at(_ price: JSONValue?) -> String { AuditSentence.piece(price).map { " at \($0)" } ?? "" }
}

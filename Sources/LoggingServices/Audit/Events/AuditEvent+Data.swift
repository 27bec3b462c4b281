public import CacheServices

extension AuditEvent {
    /// Makes an event of open JSON, as it comes over HTTP and the command line. Typed values take the same way.
    ///
    /// `data` is an open object: nothing is required but what the sentence in `action` needs, and whatever else it holds is kept as it is,
    /// in the state of what it describes or in the metadata.
    ///
    /// | type | `data` | needed |
    /// |---|---|---|
    /// | SIGNAL_GENERATED | the signal | action |
    /// | SIGNAL_EXECUTED | `{"signal", "execution"}` | action of the signal, status of the execution |
    /// | POSITION_OPENED | the position | quantity, entry_price |
    /// | POSITION_CLOSED | `{"position", "pnl"}` | the position; pnl, there or in the position |
    /// | RISK_ALERT | the alert | type, message |
    /// | SYSTEM_EVENT | `{"event"}` | event |
    ///
    /// - Parameters:
    ///   - metadata: an object. Identifying fields of the event win over members of the same name; another value given under such a name is
    ///     kept in a member `overridden`.
    ///   - userID: who did it, 1 to 128 printable characters.
    ///   - principal: for whom it was done, where that is somebody else; it goes into the metadata as `on_behalf_of`.
    /// - Throws: everything that is wrong, under paths such as `data.signal.action`, `metadata` and `user_id`.
    public init(
        type: AuditEventType, data: JSONValue, metadata: JSONValue? = nil, userID: String? = nil, onBehalfOf principal: String? = nil
    ) throws(ValidationError) {
        var draft = AuditDraft()
        switch type {
        case .signalGenerated: draft.readSignal(data)
        case .signalExecuted: draft.readExecution(data)
        case .positionOpened: draft.readOpening(data)
        case .positionClosed: draft.readClosing(data)
        case .riskAlert: draft.readAlert(data)
        case .systemEvent: draft.readSystemEvent(data)
        }
        if let metadata, metadata != .null, metadata.members == nil {
            draft.problems.append(FieldProblem(field: "metadata", code: .wrongType, sentence: "must be an object"))
        }
        AuditDraft.add("on_behalf_of", principal.map(JSONValue.string), to: &draft.identity)
        if let code = [userID, principal].lazy.compactMap({ $0.flatMap(AuditLogEntry.Limits.userID.problem) }).first {
            draft.problems.append(FieldProblem(field: "user_id", code: code, sentence: AuditLogEntry.Limits.userID.sentence))
        }
        guard draft.problems.isEmpty else { throw ValidationError(draft.problems) }
        self.init(
            type, symbol: draft.symbol, action: draft.action, beforeState: AuditDraft.state(draft.before),
            afterState: AuditDraft.state(draft.after), metadata: draft.metadata(with: metadata?.members ?? []), userID: userID)
    }
}

import LoggingServices

extension ConfigurationTable {
    /// What the audit trail needs besides the connection.
    public static let audit: [ConfigurationVariable] = [
        stateDirectory, auditKeyFile, auditMaximumEvents, auditRetention, auditCheckpointEvents,
    ]

    public static let stateDirectory = ConfigurationVariable(
        "USDCOP_STATE_DIR", flag: "state-dir", default: nil,
        allowed: "must be a directory, or a path at which one can be made",
        "Directory of journals, archives and the newest checkpoint; else $STATE_DIRECTORY, $XDG_STATE_HOME/usdcop or ~/.local/state/usdcop"
    ) { text, draft in draft.stateDirectory = text }

    public static let auditKeyFile = ConfigurationVariable(
        "USDCOP_AUDIT_KEY_FILE", flag: "audit-key-file", default: nil,
        allowed: "must be a readable file of \(AuditSigningKey.minimumBytes) to 4096 bytes",
        "File with the key that signs the checkpoints of the audit trail; without one they are unsigned"
    ) { text, draft in draft.auditKeyFile = text }

    public static let auditMaximumEvents = ConfigurationVariable(
        "USDCOP_AUDIT_MAX_EVENTS", flag: "audit-max-events", default: "10000", allowed: IntegerRule.entries.sentence,
        "Events that the audit trail keeps in Redis, exactly; all processes must be told the same"
    ) { text, draft throws(ConfigurationVariable.Fault) in draft.settings.audit.maximumEvents = try IntegerRule.entries.read(text) }

    public static let auditRetention = ConfigurationVariable(
        "USDCOP_AUDIT_RETENTION", flag: "audit-retention", default: "3650d", allowed: DurationRule.retentions.sentence,
        "How long journals are kept whose events are all in Redis; 0 removes them at once"
    ) { text, draft throws(ConfigurationVariable.Fault) in
        draft.settings.audit.retention = text == "0" ? .zero : try DurationRule.retentions.read(text)
    }

    public static let auditCheckpointEvents = ConfigurationVariable(
        "USDCOP_AUDIT_CHECKPOINT_EVENTS", flag: "audit-checkpoint-events", default: "1000", allowed: IntegerRule.entries.sentence,
        "Events between two checkpoints of the audit trail"
    ) { text, draft throws(ConfigurationVariable.Fault) in draft.settings.audit.checkpointEvents = try IntegerRule.entries.read(text) }
}

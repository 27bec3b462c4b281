import ArgumentParser

/// The audit trail.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Read, write, export and prove the audit trail.",
        discussion: """
            Every event is chained to the one before by its hash, and checkpoints are signed with the key of USDCOP_AUDIT_KEY_FILE, so \
            that `verify` finds what was changed, removed or added.

            Examples:
              usdcop audit trail --event-type POSITION_CLOSED --symbol USDCOP
              usdcop audit export --format csv --out trail.csv
              usdcop audit verify
              echo '{"event":"limits reviewed"}' | usdcop audit log SYSTEM_EVENT - --user ana
            """,
        subcommands: [
            AuditTrailCommand.self, AuditStatsCommand.self, AuditExportCommand.self, AuditVerifyCommand.self, AuditTailCommand.self,
            AuditLogCommand.self, AuditClearCommand.self,
        ])
}

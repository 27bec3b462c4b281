import LoggingServices

extension AuditLogger {
    /// How safe an event would be that was recorded now: in the journal while Redis is away, else as Redis keeps it.
    var presentDurability: AuditDurability {
        get async { await status.mode == .spooling ? .spooled : durability }
    }
}

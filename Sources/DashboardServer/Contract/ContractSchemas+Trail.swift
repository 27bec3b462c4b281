import CacheServices
import LoggingServices

extension ContractSchemas {
    /// The audit trail.
    static let trail: [(name: String, schema: Schema)] = [
        ("AuditEntry", entry), ("AuditTrailEntry", trailEntry), ("AuditStats", stats), ("AuditVerdict", verdict),
        ("Durability", .words(of: AuditDurability.self)), ("AuditEvent", AuditEventSchema.event),
    ]

    private static let entry = Schema.object([
        "action": Schema.string.said("What happened, as a sentence."), "after_state?": .anything, "audit_id": .string,
        "before_state?": .anything, "event_type": .words(of: AuditEventType.self), "ip_address?": .string, "metadata?": .anything,
        "symbol": .symbol, "timestamp": .timestamp, "user_id?": .string,
    ])

    private static let trailEntry = entry.adding("stream_id", .streamID)

    private static let stats = Schema.object([
        "total_events": .count, "events_by_type": .map(.count), "events_by_symbol": .map(.count),
        "recent_events": Schema.count.said("Of the last hour."), "oldest_timestamp": Schema.timestamp.orNull,
        "newest_timestamp": Schema.timestamp.orNull, "unreadable_events": .count,
    ])

    private static let verdict = Schema.object([
        "is_sound": .boolean, "breaks": .array(.ref("AuditBreak")), "unlisted_breaks": .count, "entries": .count, "writers": .count,
        "checkpoints": .count, "not_yet_signed": .count, "signatures": .words(of: AuditVerdict.Signatures.self),
        "signed_through": Schema.string.orNull, "notes": .array(.string),
    ])

    /// One place where the trail does not hold.
    static let auditBreak = Schema.object([
        "kind": .words(of: AuditBreak.Kind.self), "detail": .string,
        "place": .object([
            "checkpoint?": .count, "last_sequence?": .count, "sequence?": .count, "stream_id?": .string,
            "writer?": .string,
        ]),
    ])
}

import CacheServices
import LoggingServices

extension Operations {
    static let audit: [String: Operation] = [
        "GET /api/audit/signals": getAuditTrail,
        "POST /api/audit/signals": recordAuditEvent,
        "DELETE /api/audit/signals": clearAuditTrail,
    ]

    private static let getAuditTrail: Operation = Operation(
        "getAuditTrail", .audit, "Reads, counts, exports or verifies the audit trail", reach: .steps
    )
    .explained(
        """
        `type` chooses: `trail`, newest first, page by page with `next_cursor`; `stats`; `export`, a file that is streamed; \
        `verify`, which walks every link and every signature.
        """
    )
    .reads([
        .init("trail", ["eventType": "SIGNAL_GENERATED", "limit": 100]), .init("stats", ["type": "stats"]),
        .init("export", ["type": "export", "format": "csv"]), .init("verify", ["type": "verify"]),
    ]) { reader throws(Problem) in _ = try AuditQuery(&reader) }
    .answers(
        "What `type` asks for.",
        .any([
            .object([
                "count": .count, "entries": .array(.ref("AuditTrailEntry")), "next_cursor": Schema.string.orNull,
                "unreadable?": .array(.streamID),
            ]).titled("trail"),
            .object(["stats": .ref("AuditStats")]).titled("stats"),
            Schema.array(exported).titled("export as json"),
            Schema.ref("AuditVerdict").titled("verify"),
        ]),
        [
            .init(
                "trail",
                ["count": 1, "entries": [.object(ContractSamples.trailEntry)], "next_cursor": .null])
        ], headers: ["Content-Disposition"]
    )
    .answers(.csv, "The export as CSV (RFC 4180).", headers: ["Content-Disposition"])
    .answers(.ndjson, "The export as lines of JSON.", headers: ["Content-Disposition"])
    .refuses(.dataConflict)

    private static let recordAuditEvent: Operation = Operation("recordAuditEvent", .audit, "Records an event")
        .explained("Exactly once: with `Idempotency-Key` also when the request is repeated.")
        .header("IdempotencyKey")
        .takes(.ref("AuditEvent"), events)
        .answers(status: 201, "Recorded, and how safe it is.", receipt, [recorded], headers: ["Idempotent-Replayed"])
        .answers(
            status: 202, "Redis is away: the journal of this machine has the event, and delivers it.", receipt,
            headers: ["Idempotent-Replayed"]
        )
        .refuses(.idempotencyConflict, .dataConflict)

    private static let clearAuditTrail: Operation = Operation("clearAuditTrail", .audit, "Archives and clears the trail", reach: .steps)
        .explained(
            "The whole trail is exported to the state directory first; what remains is one event that says who cleared it and why."
        )
        .takes(Schema.object(["reason": .text(AuditClearance.reason)]).closed, [.init("reason", ["reason": "Year 2024 is archived"])])
        .answers(
            "What was archived and cleared.",
            Schema.object([
                "cleared": .count, "archive": Schema.string.said("The name of the file."), "entry": .ref("AuditEntry"),
                "stream_id": Schema.streamID.orNull, "durability": .ref("Durability"),
            ]),
            [
                .init(
                    "cleared",
                    [
                        "cleared": 10_000, "archive": "audit-20250115T103000000Z.ndjson", "entry": ContractSamples.entry,
                        "stream_id": "1736937000000-0", "durability": "aof-everysec",
                    ])
            ]
        ).refuses(.dataConflict)

    /// A line of an export: the entry with its place in the chain.
    private static let exported = Schema.object([
        "stream_id": .streamID, "writer": .string, "seq": .count, "prev": .string, "hash": .string, "entry": .ref("AuditEntry"),
    ])

    private static let receipt = Schema.object([
        "entry": .ref("AuditEntry"), "stream_id": Schema.streamID.orNull, "durability": .ref("Durability"),
    ])

    private static let recorded = OperationExample(
        "recorded", ["entry": ContractSamples.entry, "stream_id": "1736937000000-0", "durability": "aof-everysec"])

    private static let events: [OperationExample] = AuditEventType.allCases.map { type in
        OperationExample(type.rawValue, ["event_type": .string(type.rawValue), "data": data(of: type)])
    }

    private static func data(of type: AuditEventType) -> JSONValue {
        switch type {
        case .signalGenerated: ContractSamples.signal
        case .signalExecuted: ["signal": ContractSamples.signal, "execution": ContractSamples.execution]
        case .positionOpened: ContractSamples.position
        case .positionClosed: ["position": ContractSamples.position, "pnl": 50500]
        case .riskAlert: ContractSamples.alert
        case .systemEvent: ["event": "Desk opened"]
        }
    }
}

extension ContractSamples {
    /// An event with its place.
    static let trailEntry: [JSONValue.Member] = (entry.members ?? []) + [.init("stream_id", "1736937000000-0")]
}

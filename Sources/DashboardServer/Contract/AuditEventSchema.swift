import CacheServices
import LoggingServices

/// The body of `POST /api/audit/signals`: one object for each type of event. `data` is open; named is what the sentence needs or shows.
enum AuditEventSchema {
    static let event = Schema.one(AuditEventType.allCases.map(body)).said("An event; whatever else `data` holds is kept.")

    private static func body(of type: AuditEventType) -> Schema {
        Schema.object([
            "event_type": .word(type.rawValue), "data": data(of: type), "metadata?": Schema.object.orNull,
            "user_id?": Schema.text(AuditLogEntry.Limits.userID).said(
                "Who did it, where callers have no names; from a caller with an API key, for whom it was done."),
        ]).closed.with("title", .string(type.rawValue))
    }

    private static func data(of type: AuditEventType) -> Schema {
        switch type {
        case .signalGenerated:
            .object(["action": .speaking, "confidence?": number, "price?": number, "symbol?": symbol])
        case .signalExecuted:
            .object([
                "signal": .object(["action": .speaking, "symbol?": symbol]),
                "execution": .object(["status": .speaking, "price?": number, "quantity?": number]),
            ])
        case .positionOpened:
            .object(["entry_price": .number(.finite), "quantity": .number(.finite), "symbol?": symbol])
        case .positionClosed: closing
        case .riskAlert:
            .object(["type": .speaking, "message": .speaking, "severity?": speakingOrNull, "symbol?": symbol])
        case .systemEvent:
            .object(["event": .speaking, "symbol?": symbol])
        }
    }

    /// The profit stands beside the position or in it.
    private static let closing = Schema.any([
        .object(["pnl": .number(.finite), "position": position(pnl: "pnl?")]),
        .object(["pnl?": number, "position": position(pnl: "pnl")]),
    ])

    private static func position(pnl: String) -> Schema {
        .object([
            pnl: pnl == "pnl" ? .number(.finite) : number, "current_price?": number, "pnl_percent?": number, "symbol?": symbol,
        ])
    }

    private static let number = Schema.number(.finite).orNull
    private static let symbol = Schema.symbol.orNull
    private static let speakingOrNull = Schema.speaking.orNull
}

import CacheServices

extension Operations {
    static let signals: [String: Operation] = [
        "GET /api/cache/signals": getSignals,
        "POST /api/cache/signals": publishSignal,
        "DELETE /api/cache/signals": clearSignals,
    ]

    private static let getSignals: Operation = Operation("getSignals", .signals, "Reads signals")
        .explained("`type` chooses what: the latest of all, the history of one symbol, its statistics, all symbols, a range of time.")
        .reads(queries) { reader throws(Problem) in _ = try SignalQuery(&reader) }
        .answers(
            "What `type` asks for. `unreadable` is there when stored values were passed by.",
            .any(readings), read
        ).refuses(.dataConflict)

    private static let publishSignal: Operation = Operation("publishSignal", .signals, "Publishes a signal")
        .explained(
            """
            Sets the latest signal unless an older one comes late, and adds it to the history of its symbol, in one step. The same \
            signal again is a duplicate and no second entry. `audit` records its SIGNAL_GENERATED event in the same step.
            """
        )
        .takes(
            Schema.object(["signal": .ref("NewSignal"), "action?": action, "audit?": Schema.boolean.with("default", false)]).closed
                .with(
                    "not",
                    [
                        "required": ["action", "audit"],
                        "properties": ["action": ["const": "set-latest"], "audit": ["const": true]],
                    ]),
            [
                .init("signal", ["signal": ContractSamples.signal]),
                .init("audited", ["signal": ContractSamples.signal, "action": "set-and-add", "audit": true]),
                .init("latest only", ["signal": ContractSamples.signal, "action": "set-latest"]),
            ]
        )
        .answers(
            status: 201, "Published. With `audit`, `audit` is the receipt of the event; null for a duplicate, which is not recorded again.",
            published,
            [
                .init(
                    "signal",
                    [
                        "signal": ContractSamples.signal, "action": "set-and-add", "latest": "stored", "history": "added",
                        "stored": "redis",
                    ])
            ]
        )
        .answers(status: 202, "Redis is away: the journal of this machine has signal and event, and delivers them.", published)
        .refuses(.dataConflict)

    private static let clearSignals: Operation = Operation(
        "clearSignals", .signals, "Clears the history of a symbol, or all signals", reach: .steps
    )
    .reads([.init("symbol", ["symbol": "USDCOP"]), .init("all", ["all": "true"])]) { reader throws(Problem) in
        _ = try SignalsController.symbolToClear(&reader)
    }
    .answers("How many keys were removed.", .ref("Cleared"), [.init("one", ["cleared": 1])])

    private static let action = Schema.words(of: PublishTarget.self).with("default", .string(PublishTarget.latestAndHistory.rawValue))

    private static let published = Schema.object([
        "signal": .ref("Signal"), "action": .words(of: PublishTarget.self),
        "latest": Schema.any([.words(["stored", "older", "replaced_unreadable"]), .null]),
        "history": Schema.any([.words(["added", "duplicate"]), .null]), "stored": .words(["redis", "memory", "journal"]),
        "audit?": Schema.any([
            .object(["audit_id": .string, "durability": .ref("Durability"), "stream_id": Schema.streamID.orNull]), .null,
        ]),
    ])

    private static let queries: [OperationExample] = [
        OperationExample("latest", ["type": "latest"]),
        OperationExample("history", ["type": "history", "symbol": "USDCOP", "limit": 50]),
        OperationExample("stats", ["type": "stats", "symbol": "USDCOP"]), OperationExample("all", ["type": "all"]),
        OperationExample(
            "range", ["type": "range", "symbol": "USDCOP", "start": "2025-01-15T00:00:00.000Z", "end": "2025-01-16T00:00:00.000Z"]),
    ]

    private static let readings: [Schema] = [
        Schema.object(["signal": .any([.ref("Signal"), .null])]).titled("latest"),
        Schema.object(["symbol": .symbol, "count": .count, "signals": .array(.ref("Signal")), "unreadable?": .ref("Unreadable")])
            .titled("history"),
        Schema.object(["symbol": .symbol, "stats": .ref("SignalStats"), "unreadable?": .ref("Unreadable")]).titled("stats"),
        Schema.object(["symbols": .array(.symbol), "latest": .map(.ref("Signal")), "unreadable?": .ref("Unreadable")]).titled("all"),
        Schema.object([
            "symbol": .symbol, "start": .timestamp, "end": .timestamp, "count": .count, "signals": .array(.ref("Signal")),
            "unreadable?": .ref("Unreadable"),
        ]).titled("range"),
    ]

    private static let read: [OperationExample] = [
        OperationExample("latest", ["signal": ContractSamples.signal]), OperationExample("none", ["signal": .null]),
        OperationExample("history", ["symbol": "USDCOP", "count": 1, "signals": [ContractSamples.signal]]),
        OperationExample(
            "stats",
            [
                "symbol": "USDCOP",
                "stats": [
                    "total": 1, "buy": 1, "sell": 0, "hold": 0, "avg_confidence": 0.85, "success_rate": .null,
                    "by_model": ["v1.0": 1],
                ],
            ]),
    ]
}

import CacheServices

/// The schemas that operations share, by the names under which the document lists them.
enum ContractSchemas {
    static let all: [(name: String, schema: Schema)] = desk + trail + watch + service + errors

    /// Values of the caches. What comes in has no other fields; what was stored may have some that a newer program added.
    static let desk: [(name: String, schema: Schema)] = [
        ("Signal", signal), ("NewSignal", signal.closed), ("SignalStats", signalStats), ("Position", position),
        ("NewPosition", position.closed), ("PositionTotals", positionTotals), ("FinancialMetrics", metrics),
        ("NewFinancialMetrics", metrics.closed), ("FinancialMetricsUpdate", metricsUpdate), ("CustomMetric", customMetric),
        ("Unreadable", unreadable),
    ]

    private static let signal = Schema.object([
        "action": .words(of: SignalAction.self), "confidence": .number(Signal.Limits.confidence),
        "execution_latency_ms": .number(Signal.Limits.executionLatencyMS), "features": features,
        "model_version": .text(Signal.Limits.modelVersion), "price": .number(Signal.Limits.price),
        "signal_id": .text(Signal.Limits.signalID), "symbol": .symbol,
        "timestamp": Schema.timestamp.said("At most 5 minutes in the future."),
    ]).said("Advice of a model.")

    private static let features = Schema([
        "type": "object", "additionalProperties": Schema.number(.finite).jsonValue,
        "propertyNames": Schema.text(Signal.Limits.featureName).jsonValue, "maxProperties": .integer(Signal.Limits.featureCount),
    ]).said("What the model looked at.")

    private static let signalStats = Schema.object([
        "total": .count, "buy": .count, "sell": .count, "hold": .count, "avg_confidence": Schema.figure.orNull,
        "success_rate": Schema.figure.orNull.said("Signals with an execution that was filled, where any execution is known."),
        "by_model": .map(.count),
    ])

    private static let position = Schema.object([
        "current_price": .number(Position.Limits.price), "entry_price": .number(Position.Limits.price),
        "entry_time": Schema.timestamp.said("At most 5 minutes in the future."),
        "pnl": .number(Position.Limits.pnl), "pnl_percent": .number(Position.Limits.pnl),
        "position_id": .text(Position.Limits.positionID),
        "quantity": Schema.number(Position.Limits.quantity).said("Negative when sold short."),
        "status": .words(of: PositionStatus.self), "symbol": .symbol,
    ])

    private static let positionTotals = Schema.object([
        "total_pnl": .figure, "total_positions": .count, "profitable_positions": .count, "losing_positions": .count,
        "win_rate": Schema.figure.orNull,
    ])

    private static let metrics = Schema.object([
        "timestamp": Schema.timestamp.said("At most 5 minutes in the future."),
        "active_positions?": .integer(FinancialMetrics.Limits.counts),
        "max_drawdown?": .number(FinancialMetrics.Limits.figure), "portfolio_value?": .number(FinancialMetrics.Limits.figure),
        "sharpe_ratio?": .number(FinancialMetrics.Limits.figure), "total_pnl?": .number(FinancialMetrics.Limits.figure),
        "total_trades?": .integer(FinancialMetrics.Limits.counts), "win_rate?": .number(FinancialMetrics.Limits.winRate),
    ]).said("What is absent is not known; it is no zero.")

    private static let metricsUpdate = Schema(metrics.closed.members.filter { $0.name != "required" })
        .with("minProperties", 1).said("What it does not name stays; without a timestamp, the time of the update.")

    private static let customMetric = Schema.one([
        .number(.finite), Schema(["type": "string", "maxLength": .integer(CustomMetricValue.maximumTextBytes)]),
    ]).said("A number, or a text of at most \(CustomMetricValue.maximumTextBytes) bytes in UTF-8.")

    private static let unreadable = Schema.array(.string).said("Keys of Redis whose values cannot be read and were passed by.")
}

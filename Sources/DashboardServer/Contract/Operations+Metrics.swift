import CacheServices

extension Operations {
    static let metrics: [String: Operation] = [
        "GET /api/cache/metrics": getMetrics,
        "PUT /api/cache/metrics": setMetrics,
        "PATCH /api/cache/metrics": updateMetrics,
        "DELETE /api/cache/metrics": clearMetrics,
        "GET /api/cache/metrics/custom": listCustomMetrics,
        "GET /api/cache/metrics/custom/{name}": getCustomMetric,
        "PUT /api/cache/metrics/custom/{name}": setCustomMetric,
        "DELETE /api/cache/metrics/custom/{name}": deleteCustomMetric,
    ]

    private static let getMetrics: Operation = Operation("getMetrics", .metrics, "Reads the figures of the desk")
        .answers(
            "Both null when there are none. `freshness_ms` is their age by the clock of Redis.",
            .object([
                "metrics": .any([.ref("FinancialMetrics"), .null]), "freshness_ms": Schema.figure.orNull,
            ]),
            [
                .init("figures", ["metrics": ContractSamples.metrics, "freshness_ms": 1200]),
                .init("none", ["metrics": .null, "freshness_ms": .null]),
            ]
        ).refuses(.dataConflict)

    private static let setMetrics: Operation = Operation("setMetrics", .metrics, "Stores the figures of the desk as a whole")
        .explained("They expire after \(CacheRules.metricsLifetime.components.seconds) s.")
        .takes(Schema.object(["metrics": .ref("NewFinancialMetrics")]).closed, [.init("figures", ["metrics": ContractSamples.metrics])])
        .answers("What was stored.", storedMetrics, [stored]).refuses(.dataConflict)

    private static let updateMetrics: Operation = Operation(
        "updateMetrics", .metrics, "Changes some of the figures of the desk", reach: .steps
    )
    .explained("What it does not name stays, whoever else changes it at the same time.")
    .takes(
        Schema.object(["metrics": .ref("FinancialMetricsUpdate")]).closed,
        [.init("profit", ["metrics": ["total_pnl": 1250.5]])]
    )
    .answers("The figures as they are now.", storedMetrics, [stored]).refuses(.contention, .dataConflict)

    private static let clearMetrics: Operation = Operation(
        "clearMetrics", .metrics, "Clears all figures, custom metrics included", reach: .steps
    )
    .explained("Positions stay.")
    .answers("How many keys were removed.", .ref("Cleared"), [.init("some", ["cleared": 3])])

    private static let listCustomMetrics: Operation = Operation("listCustomMetrics", .metrics, "Reads all custom metrics")
        .answers(
            "By their names.",
            .object(["count": .count, "metrics": .map(.ref("CustomMetric")), "unreadable?": .ref("Unreadable")]),
            [.init("one", ["count": 1, "metrics": ["spread": 1.25]])]
        ).refuses(.dataConflict)

    private static let getCustomMetric: Operation = Operation("getCustomMetric", .metrics, "Reads a custom metric")
        .answers(
            "Null when there is none.", .object(["name": .name, "value": .any([.ref("CustomMetric"), .null])]),
            [.init("number", ["name": "spread", "value": 1.25])]
        ).refuses(.dataConflict)

    private static let setCustomMetric: Operation = Operation("setCustomMetric", .metrics, "Stores a custom metric")
        .explained("It expires after \(CacheRules.metricsLifetime.components.seconds) s.")
        .takes(
            Schema.object(["value": .ref("CustomMetric")]).closed,
            [.init("number", ["value": 1.25]), .init("text", ["value": "calm"])]
        )
        .answers(
            "What was stored.", .object(["name": .name, "value": .ref("CustomMetric"), "stored": .ref("Stored")]),
            [.init("number", ["name": "spread", "value": 1.25, "stored": "redis"])]
        ).refuses(.dataConflict)

    private static let deleteCustomMetric: Operation = Operation("deleteCustomMetric", .metrics, "Removes a custom metric")
        .answers("1, or 0 when there was none.", .ref("Cleared"), [.init("one", ["cleared": 1])]).refuses(.dataConflict)

    private static let storedMetrics = Schema.object(["metrics": .ref("FinancialMetrics"), "stored": .ref("Stored")])
    private static let stored = OperationExample("stored", ["metrics": ContractSamples.metrics, "stored": "redis"])
}

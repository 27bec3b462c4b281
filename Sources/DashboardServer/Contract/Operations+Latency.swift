import CacheServices

extension Operations {
    static let latency: [String: Operation] = [
        "GET /api/health/latency": getLatency,
        "POST /api/health/latency": recordLatency,
        "DELETE /api/health/latency": clearLatency,
    ]

    private static let getLatency: Operation = Operation("getLatency", .latency, "Reads how long the desk's services take", reach: .steps)
        .explained("`from` and `to` say which span of time an answer covers.")
        .reads([
            .init("stats", ["type": "stats", "service": "trading-api"]),
            .init("trend", ["type": "trend", "minutes": 5, "interval": 15]), .init("recent", ["type": "recent", "limit": 100]),
            .init("end-to-end", ["type": "end-to-end", "minutes": 5]), .init("high-latency", ["type": "high-latency", "limit": 5]),
        ]) { reader throws(Problem) in _ = try LatencyQuery(&reader) }
        .answers(
            "What `type` asks for.",
            .any([
                span(.object(["stats": .array(.ref("LatencyStats")), "unreadable?": .ref("Unreadable")])).titled("stats"),
                span(
                    .object([
                        "trend": .array(.ref("LatencyTrendPoint")), "interval_seconds": .count, "unreadable?": .ref("Unreadable"),
                    ])
                ).titled("trend"),
                span(
                    .object([
                        "measurements": .array(.ref("LatencyMeasurement")), "count": .count, "unreadable?": .ref("Unreadable"),
                    ])
                ).titled("recent"),
                span(.object(["latency": .any([.ref("EndToEndLatency"), .null]), "unreadable?": .ref("Unreadable")])).titled(
                    "end-to-end"),
                span(.object(["services": .array(.ref("SlowService")), "unreadable?": .ref("Unreadable")])).titled("high-latency"),
            ]),
            [
                .init(
                    "stats",
                    [
                        "stats": [
                            [
                                "service": "trading-api", "operation": "trade", "count": 1, "avg_ms": 125, "min_ms": 125, "max_ms": 125,
                                "p50_ms": 125, "p95_ms": 125, "p99_ms": 125, "success_rate": 1,
                            ]
                        ], "from": ContractSamples.time, "to": ContractSamples.time,
                    ])
            ]
        ).refuses(.dataConflict)

    private static let recordLatency: Operation = Operation("recordLatency", .latency, "Records measurements", reach: .itself)
        .explained("They wait for the next batch; what does not reach Redis is counted, and tells nobody.")
        .takes(
            .one([
                .ref("LatencyReading"),
                Schema.object([
                    "measurements": Schema.array(.ref("LatencyReading")).with("minItems", 1).with(
                        "maxItems", .integer(LatencyBody.limit))
                ]).closed,
            ]),
            [
                .init("one", ["service": "api", "operation": "trade", "latency_ms": 125]),
                .init("many", ["measurements": [["service": "api", "operation": "trade", "latency_ms": 125, "success": false]]]),
            ]
        )
        .answers(status: 202, "How many wait.", .object(["accepted": .count]), [.init("one", ["accepted": 1])])

    private static let clearLatency: Operation = Operation(
        "clearLatency", .latency, "Clears the measurements of a service, or all", reach: .steps
    )
    .reads([.init("service", ["service": "trading-api"]), .init("all", ["all": "true"])]) { reader throws(Problem) in
        _ = try LatencyController.serviceToClear(&reader)
    }
    .answers("How many were removed.", .ref("Cleared"), [.init("some", ["cleared": 12])]).refuses(.dataConflict)

    static let performance: [String: Operation] = [
        "GET /api/performance": getPerformance,
        "DELETE /api/performance": clearPerformance,
    ]

    private static let getPerformance: Operation = Operation(
        "getPerformance", .performance, "Reads how long the desk's operations take", reach: .steps
    )
    .reads([
        .init("metrics", ["type": "metrics"]), .init("slow", ["type": "slow", "threshold_ms": 100, "limit": 20]),
        .init("failed", ["type": "failed"]), .init("summary", ["type": "summary"]),
    ]) { reader throws(Problem) in _ = try PerformanceQuery(&reader) }
    .answers(
        "What `type` asks for.",
        .any([
            .object(["count": .count, "metrics": .array(.ref("OperationMetrics")), "unreadable?": .ref("Unreadable")])
                .titled("metrics"),
            .object([
                "operation": .name, "metrics": .any([.ref("OperationMetrics"), .null]), "unreadable?": .ref("Unreadable"),
            ]).titled("metrics of one operation"),
            .object([
                "threshold_ms": .figure, "count": .count, "operations": .array(.ref("PerformanceEntry")),
                "unreadable?": .ref("Unreadable"),
            ]).titled("slow"),
            .object(["count": .count, "operations": .array(.ref("PerformanceEntry")), "unreadable?": .ref("Unreadable")])
                .titled("failed"),
            .object(["summary": .ref("PerformanceSummary"), "unreadable?": .ref("Unreadable")]).titled("summary"),
        ]),
        [.init("none", ["count": 0, "metrics": []])]
    ).refuses(.dataConflict)

    private static let clearPerformance: Operation = Operation(
        "clearPerformance", .performance, "Clears what is known of all operations", reach: .steps
    )
    .answers("How many operations were removed.", .ref("Cleared"), [.init("some", ["cleared": 4])]).refuses(.dataConflict)

    private static func span(_ schema: Schema) -> Schema {
        schema.adding("from", Schema.timestamp.orNull).adding("to", .timestamp)
    }
}

import CacheServices

/// `/api/cache/metrics`: the desk's figures, whole and in parts.
struct MetricsController: Sendable {
    let metrics: MetricsCache

    var routes: [Route] {
        [
            Route(
                "/api/cache/metrics", .get(.reader, get), .put(.writer, put), .patch(.writer, patch),
                .delete(.writer, clear))
        ]
    }

    @Sendable private func get(_ call: Call) async throws -> Answer {
        try call.noQuery()
        let snapshot = try await metrics.traced(by: call.trace).getSnapshot()
        return Answer([
            "metrics": snapshot?.metrics.jsonValue ?? .null,
            "freshness_ms": .finite(snapshot.map { ($0.freshness / .milliseconds(1)).rounded() }),
        ])
    }

    @Sendable private func put(_ call: Call) async throws -> Answer {
        try call.noQuery()
        let new = try call.object().onlyPart("metrics") { value throws(ValidationError) in try FinancialMetrics(strict: value) }
        try await FutureTime.naming("metrics.timestamp") { try await metrics.traced(by: call.trace).setFinancialMetrics(new) }
        return Answer(["metrics": new.jsonValue, "stored": call.stored])
    }

    @Sendable private func patch(_ call: Call) async throws -> Answer {
        try call.noQuery()
        let update = try call.object().onlyPart("metrics") { value throws(ValidationError) in try FinancialMetricsUpdate(strict: value) }
        let metrics = metrics.traced(by: call.trace)
        let merged = try await FutureTime.naming("metrics.timestamp") {
            try await Deadline.run(writes: true) { try await metrics.updateMetricSnapshot(update) }
        }
        return Answer(["metrics": merged.jsonValue, "stored": call.stored])
    }

    @Sendable private func clear(_ call: Call) async throws -> Answer {
        try call.noQuery()
        let metrics = metrics.traced(by: call.trace)
        return Answer(["cleared": .integer(try await Deadline.run(writes: true) { try await metrics.clearMetrics() })])
    }
}

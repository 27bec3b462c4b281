import CacheServices

/// `/api/cache/metrics/custom`: numbers and texts under names of the desk's own.
struct CustomMetricsController: Sendable {
    let metrics: MetricsCache

    var routes: [Route] {
        [
            Route("/api/cache/metrics/custom", .get(.reader, all)),
            Route("/api/cache/metrics/custom/{name}", .get(.reader, get), .put(.writer, put), .delete(.writer, delete)),
        ]
    }

    @Sendable private func all(_ call: Call) async throws -> Answer {
        try call.noQuery()
        let all = try await metrics.traced(by: call.trace).getCustomMetrics().sorted { $0.key < $1.key }
        return call.answer([
            "count": .integer(all.count), "metrics": .object(all.map { .init($0.key.rawValue, $0.value.jsonValue) }),
        ])
    }

    @Sendable private func get(_ call: Call) async throws -> Answer {
        let name = try call.metricName()
        try call.noQuery()
        let value = try await metrics.traced(by: call.trace).getCustomMetric(name)
        return Answer(["name": .string(name.rawValue), "value": value?.jsonValue ?? .null])
    }

    @Sendable private func put(_ call: Call) async throws -> Answer {
        let name = try call.metricName()
        try call.noQuery()
        let value = try Self.value(try call.object())
        try await metrics.traced(by: call.trace).setCustomMetric(name, value)
        return Answer(["name": .string(name.rawValue), "value": value.jsonValue, "stored": call.stored])
    }

    /// Reads `{"value": number or text}`.
    private static func value(_ body: JSONValue) throws(ValidationError) -> CustomMetricValue {
        var reader = JSONObjectReader(body, mode: .strict)
        var metric: CustomMetricValue?
        if let value = reader.value("value") {
            do throws(ValidationError) {
                metric = try CustomMetricValue(strict: value)
            } catch {
                for problem in error.problems { reader.report("value", problem.code, problem.sentence) }
            }
        }
        reader.finish()
        guard reader.problems.isEmpty, let metric else { throw reader.error }
        return metric
    }

    @Sendable private func delete(_ call: Call) async throws -> Answer {
        let name = try call.metricName()
        try call.noQuery()
        return Answer(["cleared": .integer(try await metrics.traced(by: call.trace).deleteCustomMetric(name) ? 1 : 0)])
    }
}

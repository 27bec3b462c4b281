import CacheServices
import LoggingServices

/// `/api/performance`: how long the desk's operations take.
struct PerformanceController: Sendable {
    let performance: PerformanceLogger

    var routes: [Route] {
        [Route("/api/performance", .get(.reader, get), .delete(.writer, clear))]
    }

    @Sendable private func get(_ call: Call) async throws -> Answer {
        let query = try PerformanceQuery(call.query)
        let (performance, trace) = (performance, call.trace)
        let members = try await Deadline.run(writes: false) { try await Self.members(query, performance, trace) }
        return call.answer(members)
    }

    private static func members(
        _ query: PerformanceQuery, _ performance: PerformanceLogger, _ trace: CacheTrace
    ) async throws(CacheError) -> JSONValue {
        switch query {
        case .metrics(let operation?):
            let metrics = try await performance.getMetrics(operation, noting: trace)
            return ["operation": .string(operation.rawValue), "metrics": metrics?.jsonValue ?? .null]
        case .metrics(nil):
            let metrics = try await performance.getMetrics(noting: trace)
            return ["count": .integer(metrics.count), "metrics": .array(metrics.map(\.jsonValue))]
        case .slow(let operation, let thresholdMS, let limit):
            let slow = try await performance.getSlowOperations(
                thresholdMS: thresholdMS, operation: operation, limit: limit, noting: trace)
            return [
                "threshold_ms": .finite(thresholdMS), "count": .integer(slow.count), "operations": .array(slow.map(\.jsonValue)),
            ]
        case .failed(let operation, let limit):
            let failed = try await performance.getFailedOperations(operation: operation, limit: limit, noting: trace)
            return ["count": .integer(failed.count), "operations": .array(failed.map(\.jsonValue))]
        case .summary:
            return ["summary": try await performance.getSummary(noting: trace).jsonValue]
        }
    }

    @Sendable private func clear(_ call: Call) async throws -> Answer {
        try call.noQuery()
        let performance = performance
        return Answer(["cleared": .integer(try await Deadline.run(writes: true) { try await performance.clearMetrics() })])
    }
}

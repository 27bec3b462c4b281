import CacheServices
import HTTPTypes
import HealthServices

/// `/api/health/latency`: how long the desk's services take.
struct LatencyController: Sendable {
    let latency: LatencyMonitor

    var routes: [Route] {
        [Route("/api/health/latency", .get(.reader, get), .post(.writer, body: .batch, record), .delete(.writer, clear))]
    }

    @Sendable private func get(_ call: Call) async throws -> Answer {
        let query = try LatencyQuery(call.query)
        let (latency, trace) = (latency, call.trace)
        return call.answer(try await Deadline.run(writes: false) { try await Self.members(query, latency, trace) })
    }

    private static func members(
        _ query: LatencyQuery, _ latency: LatencyMonitor, _ trace: CacheTrace
    ) async throws(CacheError) -> JSONValue {
        switch query {
        case .stats(let service, let operation):
            let stats = try await latency.getLatencyStats(service, operation: operation, noting: trace)
            return stats.jsonValue { [.init("stats", .array($0.map(\.jsonValue)))] }
        case .trend(let service, let operation, let minutes, let interval):
            let trend = try await latency.getLatencyTrend(
                service: service, operation: operation, window: .seconds(minutes * 60), interval: .seconds(interval), noting: trace)
            return trend.jsonValue { [.init("trend", .array($0.map(\.jsonValue))), .init("interval_seconds", .integer(interval))] }
        case .recent(let service, let limit):
            let recent = try await latency.getRecentMeasurements(limit: limit, service: service, noting: trace)
            return recent.jsonValue { [.init("measurements", .array($0.map(\.jsonValue))), .init("count", .integer($0.count))] }
        case .endToEnd(let minutes):
            let endToEnd = try await latency.getEndToEndLatency(minutes: minutes, noting: trace)
            return endToEnd.jsonValue { [.init("latency", $0?.jsonValue ?? .null)] }
        case .highLatency(let limit):
            let services = try await latency.getHighLatencyServices(limit: limit, noting: trace)
            return services.jsonValue { [.init("services", .array($0.map(\.jsonValue)))] }
        }
    }

    /// 202: the measurements wait for the next batch.
    @Sendable private func record(_ call: Call) async throws -> Answer {
        try call.noQuery()
        let body = try LatencyBody(try call.object())
        for reading in body.readings { latency.recordLatency(reading) }
        return Answer(["accepted": .integer(body.readings.count)], status: .accepted)
    }

    /// The one service to clear; nil for all of them.
    static func serviceToClear(_ reader: inout QueryReader) throws(Problem) -> OperationName? {
        let service = reader.operation("service")
        let all = reader.confirmation("all")
        reader.needOne(of: ("service", service != nil), or: ("all", all), "must have either service or all=true")
        try reader.finish()
        return service
    }

    @Sendable private func clear(_ call: Call) async throws -> Answer {
        var reader = QueryReader(call.query)
        let service = try Self.serviceToClear(&reader)
        let latency = latency
        let cleared = try await Deadline.run(writes: true) {
            if let service { try await latency.clearMeasurements(service) } else { try await latency.clearMeasurements() }
        }
        return Answer(["cleared": .integer(cleared)])
    }
}

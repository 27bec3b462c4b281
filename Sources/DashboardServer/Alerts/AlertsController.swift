import CacheServices
import HealthServices

/// `/api/alerts`: what was to be told, and what was.
struct AlertsController: Sendable {
    let log: AlertLog

    var routes: [Route] {
        [Route("/api/alerts", .get(.reader, get))]
    }

    static func limit(_ reader: inout QueryReader) throws(Problem) -> Int {
        let limit = reader.integer("limit", in: AlertLog.limits) ?? 100
        try reader.finish()
        return limit
    }

    @Sendable private func get(_ call: Call) async throws -> Answer {
        var reader = QueryReader(call.query)
        let limit = try Self.limit(&reader)
        let log = log
        return Answer(try await Deadline.run(writes: false) { try await log.recent(limit: limit) }.jsonValue)
    }
}

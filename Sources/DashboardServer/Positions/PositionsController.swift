import CacheServices

/// `/api/cache/positions`: what the desk holds.
struct PositionsController: Sendable {
    let metrics: MetricsCache

    var routes: [Route] {
        [
            Route("/api/cache/positions", .get(.reader, all)),
            Route("/api/cache/positions/{symbol}", .get(.reader, get), .put(.writer, put), .delete(.writer, delete)),
            Route("/api/cache/positions-aggregate", .get(.reader, aggregate)),
        ]
    }

    @Sendable private func all(_ call: Call) async throws -> Answer {
        try call.noQuery()
        let positions = try await metrics.traced(by: call.trace).getAllPositions().sorted { $0.key < $1.key }
        return call.answer(["count": .integer(positions.count), "positions": .array(positions.map(\.value.jsonValue))])
    }

    @Sendable private func get(_ call: Call) async throws -> Answer {
        let symbol = try call.symbol()
        try call.noQuery()
        let position = try await metrics.traced(by: call.trace).getPosition(symbol)
        return Answer(["position": position?.jsonValue ?? .null])
    }

    /// A position with status CLOSED removes what is there.
    @Sendable private func put(_ call: Call) async throws -> Answer {
        let symbol = try call.symbol()
        try call.noQuery()
        let position = try call.object().onlyPart("position") { value throws(ValidationError) in
            let position = try Position(strict: value)
            guard position.symbol == symbol else {
                throw ValidationError(field: "symbol", code: .outOfRange, sentence: "must be the symbol of the path")
            }
            return position
        }
        let change = try await FutureTime.naming("position.entry_time") {
            try await metrics.traced(by: call.trace).setPosition(symbol, position)
        }
        return Answer(["position": position.jsonValue, "change": .string(change.rawValue), "stored": call.stored])
    }

    @Sendable private func delete(_ call: Call) async throws -> Answer {
        let symbol = try call.symbol()
        try call.noQuery()
        return Answer(["cleared": .integer(try await metrics.traced(by: call.trace).deletePosition(symbol) ? 1 : 0)])
    }

    @Sendable private func aggregate(_ call: Call) async throws -> Answer {
        try call.noQuery()
        return call.answer(["aggregate": try await metrics.traced(by: call.trace).getAggregatePositionMetrics().jsonValue])
    }
}

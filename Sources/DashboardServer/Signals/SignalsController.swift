import CacheServices

/// `/api/cache/signals`: reading, publishing and clearing signals.
struct SignalsController: Sendable {
    let signals: SignalCache
    private let latest = LatestSignalCache()

    init(_ signals: SignalCache) {
        self.signals = signals
    }

    var routes: [Route] {
        [Route("/api/cache/signals", .get(.reader, get), .post(.writer, publish), .delete(.writer, clear))]
    }

    @Sendable private func get(_ call: Call) async throws -> Answer {
        let query = try SignalQuery(call.query)
        let signals = signals.traced(by: call.trace)
        switch query {
        case .latest:
            guard let answer = latest.answer(for: try await signals.latestBytes()) else {
                // The cache names the key, and says why.
                return Answer(["signal": try await signals.getLatest()?.jsonValue ?? .null])
            }
            return answer
        case .history(let symbol, let limit):
            let history = try await signals.getHistory(symbol, limit: limit)
            return call.answer([
                "symbol": .string(symbol.rawValue), "count": .integer(history.count), "signals": .array(history.map(\.jsonValue)),
            ])
        case .stats(let symbol):
            let stats = try await signals.getSignalStats(symbol)
            return call.answer(["symbol": .string(symbol.rawValue), "stats": stats.jsonValue])
        case .all:
            let all = try await signals.getLatestOfEachSymbol()
            return call.answer([
                "symbols": .array(all.map { .string($0.symbol.rawValue) }),
                "latest": .object(all.compactMap { item in item.signal.map { .init(item.symbol.rawValue, $0.jsonValue) } }),
            ])
        case .range(let symbol, let start, let end):
            let found = try await signals.getSignalsInRange(symbol, from: start, to: end)
            return call.answer([
                "symbol": .string(symbol.rawValue), "start": .string(start.iso8601), "end": .string(end.iso8601),
                "count": .integer(found.count), "signals": .array(found.map(\.jsonValue)),
            ])
        }
    }

    @Sendable private func publish(_ call: Call) async throws -> Answer {
        try call.noQuery()
        let body = try PublishBody(try call.object())
        let result = try await signals.traced(by: call.trace).publish(body.signal, to: body.target)
        return .created(
            [
                "signal": body.signal.jsonValue,
                "action": .string(body.target.rawValue),
                "latest": result.latest == .none ? .null : .string(result.latest.rawValue),
                "history": result.history == .none ? .null : .string(result.history.rawValue),
                "stored": .string(result.stored.rawValue),
            ])
    }

    @Sendable private func clear(_ call: Call) async throws -> Answer {
        var reader = QueryReader(call.query)
        let symbol = reader.symbol("symbol")
        let all = reader.confirmation("all")
        if !reader.hasProblems, (symbol != nil) == all { reader.report("", .missing, "must be either symbol=SYMBOL or all=true") }
        try reader.finish()
        let signals = signals.traced(by: call.trace)
        guard let symbol else {
            return Answer(["cleared": .integer(try await Deadline.run(writes: true) { try await signals.clearAll() })])
        }
        return Answer(["cleared": .integer(try await signals.clearHistory(symbol) ? 1 : 0)])
    }
}

import CacheServices
import HTTPTypes
import LoggingServices

/// `/api/cache/signals`: reading, publishing and clearing signals.
struct SignalsController: Sendable {
    let signals: SignalCache
    let audit: AuditLogger
    private let latest = LatestSignalCache()

    init(_ signals: SignalCache, audit: AuditLogger) {
        self.signals = signals
        self.audit = audit
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
            let history = try await signals.getHistory(symbol, limit: 100)
            // The counts are the cache's: they do not wait for a trail that cannot be read.
            let rate = try? await Deadline.run(writes: false, within: Deadline.redis / 2) {
                try await audit.reader.successRate(of: history)
            }
            let stats = SignalStats(history, successRate: rate ?? nil)
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
        guard body.isAudited else {
            return .created(Self.json(body, try await signals.traced(by: call.trace).publish(body.signal, to: body.target)))
        }
        var event = try AuditEvent.signalGenerated(body.signal)
        event.userID = call.caller.name
        event.ipAddress = call.clientAddress
        let published = try await publish(body, event, signals.traced(by: call.trace))
        let recorded: JSONValue? = published.receipt.map { receipt in
            [
                "audit_id": .string(receipt.entry.auditID), "durability": .string(receipt.durability.rawValue),
                "stream_id": receipt.streamID.map { .string("\($0)") } ?? .null,
            ]
        }
        let json = Self.json(body, published.result, [.init("audit", recorded ?? .null)])
        return Answer(json, status: published.receipt?.durability == .spooled ? .accepted : .created)
    }

    private func publish(_ body: PublishBody, _ event: AuditEvent, _ cache: SignalCache) async throws -> AuditedPublish {
        do {
            return try await audit.publish(body.signal, to: body.target, event: event, cache: cache)
        } catch {
            // The body has another field than the one of an event.
            guard error.code == .tooLarge else { throw error }
            throw Problem(.validationFailed, error.message, items: [.tooLarge("signal")])
        }
    }

    /// - Parameter result: `nil` while only the journal of the trail has the signal.
    private static func json(_ body: PublishBody, _ result: PublishResult?, _ more: [JSONValue.Member] = []) -> JSONValue {
        .object(
            [
                .init("signal", body.signal.jsonValue),
                .init("action", .string(body.target.rawValue)),
                .init("latest", result.flatMap { $0.latest == .none ? nil : .string($0.latest.rawValue) } ?? .null),
                .init("history", result.flatMap { $0.history == .none ? nil : .string($0.history.rawValue) } ?? .null),
                .init("stored", .string(result?.stored.rawValue ?? "journal")),
            ] + more)
    }

    /// The one symbol to clear; nil for all of them.
    static func symbolToClear(_ reader: inout QueryReader) throws(Problem) -> Symbol? {
        let symbol = reader.symbol("symbol")
        let all = reader.confirmation("all")
        reader.needOne(of: ("symbol", symbol != nil), or: ("all", all), "must be either symbol=SYMBOL or all=true")
        try reader.finish()
        return symbol
    }

    @Sendable private func clear(_ call: Call) async throws -> Answer {
        var reader = QueryReader(call.query)
        let symbol = try Self.symbolToClear(&reader)
        let signals = signals.traced(by: call.trace)
        guard let symbol else {
            return Answer(["cleared": .integer(try await Deadline.run(writes: true) { try await signals.clearAll() })])
        }
        return Answer(["cleared": .integer(try await signals.clearHistory(symbol) ? 1 : 0)])
    }
}

import DequeModule
package import Hiredis

// The steps of the signal cache: what Redis does, and the same in memory.

extension CacheStep where Outcome == PublishResult {
    package static func publish(_ signal: Signal, to target: PublishTarget) -> Self {
        let json = signal.json
        let lifetime = CacheRules.signalLifetime.wholeMilliseconds
        let history = KeySchema.signalHistory(signal.symbol)
        let request = CacheRequest.script(
            .publishSignal,
            keys: [
                KeySchema.signalLatest, history, KeySchema.indexSignals, KeySchema.indexSignalsLatest, KeySchema.events,
            ],
            [
                .bytes(json), .integer(signal.timestamp.milliseconds), .text(signal.signalID), .text(signal.symbol.rawValue),
                target.setsLatest ? "1" : "0", target.addsToHistory ? "1" : "0", .integer(lifetime),
                .integer(CacheRules.historyLength), .integer(CacheRules.eventsLength),
                .text(target.addsToHistory ? history : KeySchema.signalLatest), .text(target.rawValue),
            ])
        return CacheStep(
            request, effect: .replayable(request),
            decode: { reply throws(CacheError) in try PublishResult(reply) },
            inMemory: { store throws(CacheError) in try store.publish(signal, json, to: target) })
    }
}

extension PublishResult {
    package init(_ reply: RedisReply) throws(CacheError) {
        guard let words = reply.array, words.count == 2, let latest = words[0].text.flatMap(Latest.init),
            let history = words[1].text.flatMap(History.init)
        else { throw .unexpectedReply() }
        self.init(latest: latest, history: history, stored: .redis)
    }
}

extension MemoryStore {
    mutating func publish(_ signal: Signal, _ json: [UInt8], to target: PublishTarget) throws(CacheError) -> PublishResult {
        try refuseFuture(signal.timestamp)
        let expires = now + CacheRules.signalLifetime
        let history = KeySchema.signalHistory(signal.symbol)
        if target.addsToHistory, try isUnknown(history: history) {
            unknownHistories.insert(history)
            guard target.setsLatest else { return PublishResult(latest: .none, history: .none, stored: .memory) }
            return try publish(signal, json, to: .latest)
        }
        let present = target.setsLatest ? try string(KeySchema.signalLatest) : nil
        var elements = target.addsToHistory ? try list(history) ?? [] : []
        let latest = target.setsLatest ? outcome(of: signal, against: present) : .none
        let isNew = target.addsToHistory && !elements.contains(json)
        let setsLatest = latest == .stored || latest == .replacedUnreadable
        try reserve((setsLatest ? [KeySchema.signalLatest] : []) + (target.addsToHistory ? [history] : []))
        if setsLatest { try set(KeySchema.signalLatest, string: json, expires: expires) }
        if target.addsToHistory {
            if isNew { elements.prepend(json) }
            elements.removeLast(max(0, elements.count - CacheRules.historyLength))
            try set(history, list: elements, expires: expires)
        }
        if isNew || (setsLatest && present != json) {
            let key = target.addsToHistory ? history : KeySchema.signalLatest
            changes.append(ChangeEvent(topic: .signals, event: target.rawValue, key: key, value: json))
        }
        return PublishResult(
            latest: latest, history: target.addsToHistory ? (isNew ? .added : .duplicate) : .none, stored: .memory)
    }

    /// Whether a last-known history would be taken for the whole one with this signal alone. It stays absent until it was read whole.
    private func isUnknown(history: String) throws(CacheError) -> Bool {
        guard isCopy, !marksWrites, !knowsEveryHistory else { return false }
        return try list(history) == nil
    }

    private func outcome(of signal: Signal, against present: [UInt8]?) -> PublishResult.Latest {
        guard let present else { return .stored }
        guard let old = try? Signal(stored: present), old.timestamp <= wallNow + Signal.maximumFutureSkew else {
            return .replacedUnreadable
        }
        return signal.isOlder(than: old) ? .older : .stored
    }

    /// Symbols that have a history, and the greatest signal of each.
    func latestBySymbol() -> [SymbolLatest] {
        keys { $0.hasPrefix(KeySchema.signalHistoryPrefix) }.compactMap { key in
            guard let symbol = try? Symbol(String(key.dropFirst(KeySchema.signalHistoryPrefix.count))),
                let elements = try? list(key)
            else { return nil }
            let signals = elements.compactMap { try? Signal(stored: $0) }
            let greatest = signals.max { $0.isOlder(than: $1) }
            return SymbolLatest(symbol: symbol, bytes: greatest?.json)
        }
    }
}

/// A symbol with a history and the bytes of its newest signal.
struct SymbolLatest: Sendable {
    let symbol: Symbol
    let bytes: [UInt8]?
}

extension CacheStep where Outcome == [SymbolLatest] {
    static var latestBySymbol: Self {
        CacheStep(
            .script(
                .latestBySymbol, keys: [KeySchema.indexSignals, KeySchema.indexSignalsLatest, KeySchema.signalHistoryPrefix], []),
            effect: .none,
            decode: { reply throws(CacheError) in
                let values = try reply.byteArrays()
                return stride(from: 0, to: values.count - 1, by: 2).compactMap { index in
                    guard let symbol = try? Symbol(String(decoding: values[index], as: UTF8.self)) else { return nil }
                    return SymbolLatest(symbol: symbol, bytes: values[index + 1].isEmpty ? nil : values[index + 1])
                }
            },
            remember: { _, _ in },
            tally: { .found(!$0.isEmpty) },
            inMemory: { store in store.latestBySymbol() })
    }
}

extension CacheStep where Outcome == Int {
    static func clearHistory(_ symbol: Symbol) -> Self {
        let history = KeySchema.signalHistory(symbol)
        return CacheStep(
            .script(
                .clearHistory, keys: [history, KeySchema.indexSignals, KeySchema.indexSignalsLatest, KeySchema.events],
                [.text(symbol.rawValue), .integer(CacheRules.eventsLength), .text(history)]),
            effect: .needsRedis,
            decode: { reply throws(CacheError) in try reply.count() },
            inMemory: { store in
                let wasThere = store.remove(history)
                if wasThere { store.changes.append(ChangeEvent(topic: .signals, event: "cleared", key: history, value: [])) }
                return wasThere ? 1 : 0
            })
    }

    /// - Parameter found: keys of signals that no index may know.
    static func clearSignals(_ found: [String]) -> Self {
        CacheStep(
            .script(
                .clearSignals,
                keys: [
                    KeySchema.indexSignals, KeySchema.indexSignalsLatest, KeySchema.events, KeySchema.signalHistoryPrefix,
                ] + found, [.integer(CacheRules.eventsLength), .text(KeySchema.signalFamily)]),
            effect: .needsRedis,
            decode: { reply throws(CacheError) in try reply.count() },
            inMemory: { store in
                let keys = store.keys { $0 == KeySchema.signalLatest || $0.hasPrefix(KeySchema.signalHistoryPrefix) }
                for key in keys { store.remove(key) }
                store.changes.append(ChangeEvent(topic: .signals, event: "cleared", key: KeySchema.signalFamily, value: []))
                return keys.count
            })
    }
}

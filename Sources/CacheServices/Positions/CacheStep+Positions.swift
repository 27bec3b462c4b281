import Hiredis

// The steps of positions: what Redis does, and the same in memory.

/// What setting a position did.
public enum PositionChange: String, Sendable {
    /// The position is open under its symbol.
    case stored
    /// It was closed, so nothing is under its symbol any more.
    case removed
}

extension CacheStep where Outcome == PositionChange {
    static func setPosition(_ position: Position) -> Self {
        let key = KeySchema.position(position.symbol)
        let json = position.json
        let request = { @Sendable (expectation: [RedisArgument]) -> CacheRequest in
            .script(
                .setPosition, keys: [key, KeySchema.indexPositions, KeySchema.events],
                expectation + [
                    .bytes(json), .text(position.symbol.rawValue), position.status == .closed ? "1" : "0",
                    .integer(CacheRules.eventsLength), .text(key), .integer(position.entryTime.milliseconds),
                ])
        }
        return CacheStep(
            request(.noExpectation),
            // Not `unchanged`: a position has no expiry, so that one which is gone was most likely closed.
            effect: .overwrites(key: key) { request(.expectation($0)) },
            decode: { reply throws(CacheError) in
                guard let change = reply.text.flatMap(PositionChange.init) else { throw .unexpectedReply(key) }
                return change
            },
            inMemory: { store throws(CacheError) in
                _ = try store.string(key)
                try store.refuseFuture(position.entryTime)
                if position.status == .closed {
                    store.remove(key)
                } else {
                    try store.set(key, string: json, expires: nil)
                }
                let event = position.status == .closed ? "closed" : "set"
                store.changes.append(ChangeEvent(topic: .positions, event: event, key: key, value: json))
                return position.status == .closed ? .removed : .stored
            })
    }
}

extension CacheStep where Outcome == Bool {
    static func deletePosition(_ symbol: Symbol) -> Self {
        let key = KeySchema.position(symbol)
        let request = { @Sendable (expectation: [RedisArgument]) -> CacheRequest in
            .script(
                .deletePosition, keys: [key, KeySchema.indexPositions, KeySchema.events],
                expectation + [.text(symbol.rawValue), .integer(CacheRules.eventsLength), .text(key)])
        }
        return CacheStep(
            request(.noExpectation),
            effect: .overwrites(key: key) { request(.expectation($0)) },
            decode: { reply throws(CacheError) in try reply.isDone() },
            inMemory: { store in
                let wasThere = store.remove(key)
                if wasThere { store.changes.append(ChangeEvent(topic: .positions, event: "deleted", key: key, value: [])) }
                return wasThere
            })
    }
}

/// A member of an index and the bytes under its key.
struct IndexedValue: Sendable {
    let member: String
    let bytes: [UInt8]
}

extension CacheStep where Outcome == [IndexedValue] {
    /// All values of an index at one moment.
    ///
    /// - Parameter lifetime: of the values, for what memory keeps; `nil` for values that never expire.
    static func indexed(_ index: String, prefix: String, lifetime: Duration?) -> Self {
        CacheStep(
            .script(.indexedValues, keys: [index, prefix], [lifetime == nil ? "0" : "1"]),
            effect: .none,
            decode: { reply throws(CacheError) in
                let values = try reply.byteArrays()
                return stride(from: 0, to: values.count - 1, by: 2).map {
                    IndexedValue(member: String(decoding: values[$0], as: UTF8.self), bytes: values[$0 + 1])
                }
            },
            remember: { values, store in
                let present = Set(values.map { prefix + $0.member })
                for key in store.keys(where: { $0.hasPrefix(prefix) }) where !present.contains(key) { store.remove(key) }
                for value in values where !value.bytes.isEmpty { store.remember(prefix + value.member, value.bytes, lifetime) }
            },
            tally: { .found(!$0.isEmpty) },
            inMemory: { store in
                store.keys { $0.hasPrefix(prefix) }.map { key in
                    IndexedValue(member: String(key.dropFirst(prefix.count)), bytes: (try? store.string(key)) ?? [])
                }
            })
    }
}

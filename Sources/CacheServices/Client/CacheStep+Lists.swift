import DequeModule
import Hiredis

// The steps behind lpush, lrange and llen.

extension CacheStep where Outcome == Int {
    /// Push, cap and expire.
    static func push(_ key: String, _ value: [UInt8], maximumLength: Int?, lifetime: ListLifetime) -> Self {
        let arguments: [RedisArgument] = [.bytes(value), .integer(maximumLength ?? 0), .text(lifetime.argument)]
        let inMemory = { @Sendable (store: inout MemoryStore) throws(CacheError) -> Int in
            var elements = try store.list(key) ?? []
            elements.prepend(value)
            if let maximumLength { elements.removeLast(max(0, elements.count - maximumLength)) }
            let count = elements.count
            let expires: ContinuousClock.Instant? =
                switch lifetime {
                case .unchanged: store.entry(key)?.expires
                case .never: nil
                case .milliseconds(let milliseconds): store.expiry(afterMilliseconds: milliseconds)
                }
            try store.set(key, list: elements, expires: expires)
            return count
        }
        return CacheStep(
            .script(.cappedPush, keys: [key], arguments),
            effect: .appends { writer, number in
                .script(.numberedPush, keys: [key, KeySchema.statsReplays], arguments + [.text(writer), .integer(number)])
            },
            decode: { reply throws(CacheError) in try reply.count() },
            remember: { length, store in
                // Kept only while it is whole: as long as the one in Redis, and not begun anew while other pushes were on their way.
                let isUncertain = store.entry(key) == nil && store.hasChanged(key)
                if isUncertain || (try? inMemory(&store)) != length { store.remove(key) }
            },
            inMemory: inMemory)
    }

    /// LLEN.
    static func length(_ key: String) -> Self {
        CacheStep(
            .command("LLEN", [key], access: .read), effect: .none,
            decode: { reply throws(CacheError) in try reply.count() },
            remember: { _, _ in },
            inMemory: { store throws(CacheError) in try store.list(key)?.count ?? 0 })
    }
}

extension CacheStep where Outcome == [[UInt8]] {
    /// LRANGE. With a `lifetime` the answer is taken for the whole list and kept for an outage.
    static func range(_ key: String, _ start: Int, _ end: Int, lifetime: Duration?) -> Self {
        CacheStep(
            .command("LRANGE", [key], [.integer(start), .integer(end)], access: .read), effect: .none,
            decode: { reply throws(CacheError) in try reply.byteArrays() },
            remember: { elements, store in
                guard let lifetime else { return }
                store.remember(key, list: elements, lifetime)
            },
            tally: { .found(!$0.isEmpty) },
            inMemory: { store throws(CacheError) in
                let elements = try store.list(key) ?? []
                return ListRange.range(start, end, count: elements.count).map { Array(elements[$0]) } ?? []
            })
    }
}

extension MemoryStore {
    /// Keeps a whole list that Redis answered. An equal list is confirmed.
    mutating func remember(_ key: String, list elements: [[UInt8]], _ lifetime: Duration) {
        guard !elements.isEmpty else { return _ = remove(key) }
        if case .list(let present)? = entry(key)?.value, present.elementsEqual(elements) {
            return confirm(key, until: now + lifetime)
        }
        _ = try? set(key, list: Deque(elements), expires: now + lifetime)
    }
}

/// The indexes that LRANGE means: both ends included, negative from the end, out of range clipped.
///
/// Source: Redis, `LRANGE`.
enum ListRange {
    static func range(_ start: Int, _ end: Int, count: Int) -> Range<Int>? {
        let first = max(0, start < 0 ? count.addingReportingOverflow(start).partialValue : start)
        let last = min(count - 1, end < 0 ? count.addingReportingOverflow(end).partialValue : end)
        return first <= last ? first..<(last + 1) : nil
    }
}

import Hiredis

/// One live key as it was found, and what the table makes of it. Pure; see ``CacheInspection``.
struct InspectedKey: Sendable {
    let name: String
    /// The type, as `TYPE` answers it.
    let type: String
    let timeToLive: TimeToLive
    /// Bytes of a string, elements of anything else.
    let length: Int
    /// Whether its index has it; `true` where there is none.
    let isIndexed: Bool
    /// The value of a string, or the first elements of a list; empty when they are too large to be ours.
    let values: [[UInt8]]

    /// Values of one key that are fetched at most, in bytes; no value of ours comes near.
    static let maximumBytes = 1 << 20

    func findings(now: Timestamp) -> [CacheFinding] {
        switch KeyRule.standing(of: name) {
        case .elsewhere: []
        case .orphan: [CacheFinding(.orphan, name, "No value of this project has such a name.")]
        case .unknown:
            [CacheFinding(.unknownName, name, "A caller's own \(type)\(timeToLive == .never ? " that never expires" : "").")]
        case .ruled(let rule): findings(rule, now: now)
        }
    }

    private func findings(_ rule: KeyRule, now: Timestamp) -> [CacheFinding] {
        guard type == rule.type else {
            return [CacheFinding(.wrongType, name, "It holds a \(type) and must hold a \(rule.type).")]
        }
        var findings: [CacheFinding] = []
        if rule.mustExpire, timeToLive == .never {
            findings.append(CacheFinding(.missingExpiry, name, "It never expires, and must."))
        }
        if let cap = rule.maximumLength, length > cap {
            findings.append(CacheFinding(.overCap, name, "It has \(length) entries, and may have \(cap)."))
        }
        findings += contentFindings(rule.content, now: now)
        if !isIndexed, let entry = rule.entry {
            findings.append(CacheFinding(.unindexed, name, "\(entry.index) does not list it."))
        }
        return findings
    }

    private func contentFindings(_ content: KeyRule.Content, now: Timestamp) -> [CacheFinding] {
        if content == .opaque { return [] }
        guard let first = values.first else {
            return [CacheFinding(.unreadable, name, "Its \(length) \(type == "string" ? "bytes" : "entries") are too large to be ours.")]
        }
        switch content {
        case .opaque:
            return []
        case .signal:
            guard let signal = try? Signal(stored: first) else { return [unreadable("signal")] }
            guard signal.timestamp > now + Signal.maximumFutureSkew else { return [] }
            return [CacheFinding(.unreadable, name, "The signal lies more than 5 minutes in the future; the next one replaces it.")]
        case .history(let symbol):
            let signals = values.map { try? Signal(stored: $0) }
            let bad = signals.count { $0 == nil }
            let foreign = signals.count { $0.map { $0.symbol != symbol } ?? false }
            var findings: [CacheFinding] = []
            if bad > 0 { findings.append(CacheFinding(.unreadable, name, "\(bad) of \(values.count) entries are no signals.")) }
            if foreign > 0 {
                findings.append(CacheFinding(.misplaced, name, "\(foreign) of \(values.count) entries are of another symbol."))
            }
            return findings
        case .position(let symbol):
            guard let position = try? Position(stored: first) else { return [unreadable("position")] }
            if position.symbol != symbol { return [CacheFinding(.misplaced, name, "The position is of another symbol.")] }
            return position.status == .open ? [] : [CacheFinding(.misplaced, name, "The position is closed.")]
        case .financialMetrics:
            return (try? FinancialMetrics(stored: first)) == nil ? [unreadable("set of financial metrics")] : []
        case .customMetric:
            return (try? CustomMetricValue(stored: first)) == nil ? [unreadable("metric")] : []
        }
    }

    private func unreadable(_ what: String) -> CacheFinding {
        CacheFinding(.unreadable, name, "The value is no \(what).")
    }
}

extension InspectedKey {
    /// Reads one element of the answer of the inspection's script; `nil` for a key that is gone.
    init?(_ name: String, _ reply: RedisReply) {
        guard let parts = reply.array, parts.count == 5, let type = parts[0].text, type != "none", let left = parts[1].integer,
            let length = parts[2].integer, let isIndexed = parts[3].integer, let values = parts[4].array
        else { return nil }
        self.init(
            name: name, type: type, timeToLive: left < 0 ? .never : .remaining(.milliseconds(left)), length: Int(clamping: length),
            isIndexed: isIndexed == 1, values: values.compactMap(\.bytes))
    }
}

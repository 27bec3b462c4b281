/// What the key table says of one name. Pure; see ``CacheInspection``.
struct KeyRule: Sendable, Hashable {
    /// What must be readable there.
    enum Content: Sendable, Hashable {
        case signal
        case history(Symbol)
        case position(Symbol)
        case financialMetrics
        case customMetric
        /// Something that is not read.
        case opaque
    }

    /// An index and the name under which it lists the key.
    struct Entry: Sendable, Hashable {
        let index: String
        let member: String
    }

    /// The type, as `TYPE` answers it.
    let type: String
    let content: Content
    var mustExpire = false
    var entry: Entry?

    /// What a name is to the table.
    enum Standing: Sendable, Hashable {
        case ruled(KeyRule)
        /// In a family of the table without being a name of it.
        case orphan
        /// Some caller's own.
        case unknown
        /// Of a family that another room looks after.
        case elsewhere
    }

    static func standing(of name: String) -> Standing {
        switch name {
        case KeySchema.signalLatest: return .ruled(KeyRule(type: "string", content: .signal, mustExpire: true))
        case KeySchema.metricsFinancial:
            let entry = Entry(index: KeySchema.indexMetrics, member: "financial")
            return .ruled(KeyRule(type: "string", content: .financialMetrics, mustExpire: true, entry: entry))
        case KeySchema.indexSignals, KeySchema.indexPositions, KeySchema.indexMetrics:
            return .ruled(KeyRule(type: "zset", content: .opaque))
        case KeySchema.indexSignalsLatest, KeySchema.statsCache: return .ruled(KeyRule(type: "hash", content: .opaque))
        case KeySchema.events: return .ruled(KeyRule(type: "stream", content: .opaque))
        default: break
        }
        if let text = rest(of: name, after: KeySchema.signalHistoryPrefix), let symbol = try? Symbol(text) {
            let entry = Entry(index: KeySchema.indexSignals, member: text)
            return .ruled(KeyRule(type: "list", content: .history(symbol), mustExpire: true, entry: entry))
        }
        if let text = rest(of: name, after: KeySchema.positionPrefix), let symbol = try? Symbol(text) {
            return .ruled(
                KeyRule(type: "string", content: .position(symbol), entry: Entry(index: KeySchema.indexPositions, member: text)))
        }
        if let text = rest(of: name, after: KeySchema.metricsCustomPrefix), (try? MetricName(text)) != nil {
            let entry = Entry(index: KeySchema.indexMetrics, member: "custom:" + text)
            return .ruled(KeyRule(type: "string", content: .customMetric, mustExpire: true, entry: entry))
        }
        if families.contains(where: name.hasPrefix) { return .orphan }
        return KeySchema.isReserved(name) ? .elsewhere : .unknown
    }

    private static let families = ["signal:", "position:", "metrics:"]

    private static func rest(of name: String, after prefix: String) -> String? {
        name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : nil
    }
}

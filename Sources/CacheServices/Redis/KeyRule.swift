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
    /// The most entries of a list or stream; `nil` where there is no cap.
    var maximumLength: Int?

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
        case KeySchema.indexSignals, KeySchema.indexPositions, KeySchema.indexMetrics, KeySchema.indexOperations:
            return .ruled(KeyRule(type: "zset", content: .opaque))
        case KeySchema.indexSignalsLatest, KeySchema.statsCache: return .ruled(KeyRule(type: "hash", content: .opaque))
        case KeySchema.events: return .ruled(KeyRule(type: "stream", content: .opaque, maximumLength: maximumEvents))
        case KeySchema.auditEvents, KeySchema.auditCheckpoints, KeySchema.latencyMeasurements:
            // The cap is a setting of the processes that write them, and checkpoints stay as long as there are events that only they cover.
            return .ruled(KeyRule(type: "stream", content: .opaque))
        case KeySchema.auditWriters: return .ruled(KeyRule(type: "hash", content: .opaque))
        case KeySchema.auditSigner: return .ruled(KeyRule(type: "string", content: .opaque, mustExpire: true))
        case KeySchema.demoState: return .ruled(KeyRule(type: "string", content: .opaque))
        case KeySchema.demoLease: return .ruled(KeyRule(type: "string", content: .opaque, mustExpire: true))
        case KeySchema.alertsCursor: return .ruled(KeyRule(type: "string", content: .opaque))
        case KeySchema.alerts: return .ruled(KeyRule(type: "stream", content: .opaque, maximumLength: CacheRules.alertsLength))
        case KeySchema.healthServices, KeySchema.healthTransitions, KeySchema.healthConfigured:
            return .ruled(KeyRule(type: "hash", content: .opaque))
        case KeySchema.healthEpoch: return .ruled(KeyRule(type: "string", content: .opaque))
        case KeySchema.healthLeader: return .ruled(KeyRule(type: "string", content: .opaque, mustExpire: true))
        default: break
        }
        if let rule = healthRule(of: name) { return .ruled(rule) }
        if let text = rest(of: name, after: KeySchema.signalHistoryPrefix), let symbol = try? Symbol(text) {
            let entry = Entry(index: KeySchema.indexSignals, member: text)
            return .ruled(
                KeyRule(type: "list", content: .history(symbol), mustExpire: true, entry: entry, maximumLength: CacheRules.historyLength))
        }
        if let text = rest(of: name, after: KeySchema.positionPrefix), let symbol = try? Symbol(text) {
            return .ruled(
                KeyRule(type: "string", content: .position(symbol), entry: Entry(index: KeySchema.indexPositions, member: text)))
        }
        if let text = rest(of: name, after: KeySchema.metricsCustomPrefix), (try? MetricName(text)) != nil {
            let entry = Entry(index: KeySchema.indexMetrics, member: "custom:" + text)
            return .ruled(KeyRule(type: "string", content: .customMetric, mustExpire: true, entry: entry))
        }
        if let text = rest(of: name, after: KeySchema.performancePrefix), (try? OperationName(text)) != nil {
            let entry = Entry(index: KeySchema.indexOperations, member: text)
            return .ruled(KeyRule(type: "stream", content: .opaque, entry: entry, maximumLength: CacheRules.performanceLength))
        }
        if rest(of: name, after: KeySchema.performanceWriterPrefix) != nil || rest(of: name, after: KeySchema.latencyWriterPrefix) != nil {
            return .ruled(KeyRule(type: "string", content: .opaque, mustExpire: true))
        }
        if let hash = rest(of: name, after: KeySchema.auditIdempotency("")), hash.utf8.count == 64, hash.utf8.allSatisfy(isHexadecimal) {
            return .ruled(KeyRule(type: "string", content: .opaque, mustExpire: true))
        }
        if let hash = rest(of: name, after: KeySchema.rateLimitPrefix), hash.utf8.count == 32, hash.utf8.allSatisfy(isHexadecimal) {
            return .ruled(KeyRule(type: "hash", content: .opaque, mustExpire: true))
        }
        if families.contains(where: name.hasPrefix) { return .orphan }
        return KeySchema.isReserved(name) ? .elsewhere : .unknown
    }

    /// The keys that each watched service has.
    private static func healthRule(of name: String) -> KeyRule? {
        for (prefix, type) in [("health:status:", "string"), ("health:owner:", "string"), ("health:history:", "stream")] {
            guard let text = rest(of: name, after: prefix), (try? OperationName(text)) != nil else { continue }
            let isStream = type == "stream"
            return KeyRule(
                type: type, content: .opaque, mustExpire: !isStream, maximumLength: isStream ? CacheRules.healthHistoryLength : nil)
        }
        return nil
    }

    private static let families = [
        "signal:", "position:", "metrics:", KeySchema.performancePrefix, KeySchema.latencyPrefix, KeySchema.auditPrefix, "health:",
    ]
    /// Entries of the change stream from which on its approximate cap cannot be at work.
    private static let maximumEvents = 2 * CacheRules.eventsLength

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
    }

    private static func rest(of name: String, after prefix: String) -> String? {
        name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : nil
    }
}

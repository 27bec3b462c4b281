import Hiredis

/// Every key of the project, built here and nowhere else.
///
/// Names are relative to the namespace (`signal:latest`); ``full(_:)`` puts it in front (`usdcop:signal:latest`). Nothing from
/// outside becomes part of a name without having passed the pattern of ``Symbol``, ``MetricName`` or ``OperationName``.
public struct KeySchema: Sendable, Hashable {
    /// What every key starts with.
    public let namespace: Namespace

    public init(_ namespace: Namespace = .standard) {
        self.namespace = namespace
    }

    /// The key as Redis sees it.
    public func full(_ name: String) -> String { "\(namespace.rawValue):\(name)" }

    /// The name of a key that Redis reported; `nil` for a key of another namespace.
    public func name(ofFull key: String) -> String? {
        let prefix = full("")
        return key.beginsInUTF8(with: prefix) ? String(Substring(key.utf8.dropFirst(prefix.utf8.count))) : nil
    }

    package static let signalLatest = "signal:latest"
    static let signalHistoryPrefix = "signal:history:"
    static let positionPrefix = "position:active:"
    static let metricsPrefix = "metrics:"
    static let metricsFinancial = metricsPrefix + financialMember
    package static let metricsCustomPrefix = metricsPrefix + customMemberPrefix
    /// The members of the index of metrics: `financial`, and `custom:` with the name.
    static let financialMember = "financial"
    static let customMemberPrefix = "custom:"
    /// What stands in a change event for all keys of a family.
    static let signalFamily = "signal"
    static let metricsFamily = "metrics"
    static let indexSignals = "index:signals"
    static let indexSignalsLatest = "index:signals:latest"
    static let indexPositions = "index:positions"
    static let indexMetrics = "index:metrics"
    package static let indexOperations = "index:operations"
    package static let performancePrefix = "performance:"
    /// The last batch that each performance logger stored in the last day.
    static let performanceWriterPrefix = "stats:performance:"
    static let latencyPrefix = "latency:"
    package static let latencyMeasurements = "latency:measurements"
    /// The last batch that each latency monitor stored in the last day.
    static let latencyWriterPrefix = "stats:latency:"
    package static let events = "events"
    /// What was to be told to people, and what was.
    package static let alerts = "alerts"
    /// The last event of the audit trail whose risk alerts are among the alerts.
    package static let alertsCursor = "alerts:cursor"
    static let statsCache = "stats:cache"
    static let auditPrefix = "audit:"
    package static let auditEvents = "audit:events"
    package static let auditWriters = "audit:writers"
    package static let auditCheckpoints = "audit:checkpoints"
    package static let auditSigner = "audit:signer"
    /// - Parameter hash: the hexadecimal hash of the client's key.
    package static func auditIdempotency(_ hash: String) -> String { "audit:idempotency:" + hash }
    package static let healthServices = "health:services"
    /// Names the present registry: another one begins when Redis has lost the one before.
    package static let healthEpoch = "health:epoch"
    /// Which processes have a service in their configuration.
    package static let healthConfigured = "health:configured"
    package static let healthLeader = "health:leader"
    /// What each service was last, what it is taken for, and since when.
    package static let healthTransitions = "health:transitions"
    package static func healthStatus(_ service: OperationName) -> String { "health:status:" + service.rawValue }
    package static func healthHistory(_ service: OperationName) -> String { "health:history:" + service.rawValue }
    /// The lease on a service that only some processes can check.
    package static func healthOwner(_ service: OperationName) -> String { "health:owner:" + service.rawValue }
    /// What a demo knows of itself: that the namespace is its own, and where to go on. No reserved names: they are removed with the cache.
    package static let demoState = "demo:state"
    /// The lease of the demo that runs.
    package static let demoLease = "demo:lease"
    /// What one client has used of its rate.
    /// - Parameter hash: the hexadecimal hash of the client.
    package static func rateLimit(_ hash: String) -> String { rateLimitPrefix + hash }
    static let rateLimitPrefix = "ratelimit:"
    /// Who replayed pushes in the last day, and up to which number.
    static let statsReplays = "stats:replays"

    static func signalHistory(_ symbol: Symbol) -> String { signalHistoryPrefix + symbol.rawValue }
    static func position(_ symbol: Symbol) -> String { positionPrefix + symbol.rawValue }
    static func metricMember(_ key: String) -> String { String(key.dropFirst(metricsPrefix.count)) }
    static func metricsCustom(_ name: MetricName) -> String { metricsCustomPrefix + name.rawValue }

    package static func performance(_ operation: OperationName) -> String { performancePrefix + operation.rawValue }
    package static func performanceWriter(_ writer: String) -> String { performanceWriterPrefix + writer }
    package static func latencyWriter(_ writer: String) -> String { latencyWriterPrefix + writer }

    /// Families that a cache client neither writes, lists nor clears: the trail, the measurements, and what the service keeps for itself.
    static let reservedPrefixes = ["audit:", "latency:", "performance:", "health:", "index:", "stats:", rateLimitPrefix]
    static let reservedNames: Set<String> = [alerts, events]

    /// Whether a name belongs to a reserved family.
    public static func isReserved(_ name: String) -> Bool {
        reservedNames.contains(name) || reservedPrefixes.contains(where: name.beginsInUTF8)
            || reservedNames.contains { name.beginsInUTF8(with: $0 + ":") } || reservedPrefixes.contains { name == $0.dropLast() }
    }

    /// A caller's own cache key: 1…512 bytes without control characters, outside the reserved families.
    static func check(_ name: String) throws(CacheError) {
        guard (1...512).contains(name.utf8.count), name.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f }) else {
            throw CacheError(.invalidKey, "A cache key has 1 to 512 bytes and no control characters; nothing was done.")
        }
        guard !isReserved(name) else {
            throw CacheError(.reservedKey, "The key belongs to a reserved family; a cache client does not touch it.", key: name)
        }
    }
}

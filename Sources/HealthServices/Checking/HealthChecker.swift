public import CacheServices
public import Hiredis
public import Logging
public import LoggingServices
import Synchronization

/// Watches services (Seed: HealthChecker).
///
/// Of all processes of a namespace one holds the lease, checks, and writes what it finds into Redis; every process reads it there. When the
/// holder is gone another takes over within one interval. While Redis is away, and without it, every process checks for itself, and the
/// alerts of this process tell what it finds.
///
///     let checker = HealthChecker(redis: client, settings: settings, audit: audit, logger: logger)   // run() starts it
///     try await checker.registerService(ServiceConfig(name: "trading-api", url: ProbeURL("http://localhost:8001/health")))
///     await checker.getSystemHealth().overallStatus
public final class HealthChecker: Sendable {
    /// Who checks at the moment.
    public enum Mode: Sendable, Hashable {
        /// ``run()`` is not under way.
        case stopped
        /// This process, for all.
        case leader
        /// Another process.
        case follower
        /// This process, for itself, and why.
        case alone(reason: String)
    }

    struct State {
        var mode = Mode.stopped
        var inFlight: [OperationName: CheckInFlight] = [:]
        var tallies: [OperationName: CheckTally] = [:]
        /// When the last check of each ended that counts.
        var counted: [OperationName: ContinuousClock.Instant] = [:]
        var schedule = CheckSchedule()
        /// The leases on services that only some processes can check.
        var owned: [OperationName: LeaderLease] = [:]
        /// Numbers the checks of this process.
        var checks = 0
        /// Which changes last while this process checks for itself.
        var lone = LoneWatch()
        var isSharingReported = false
    }

    /// Which services there are, and how each was last.
    public let registry: ServiceRegistry
    /// The lease of the monitor; `nil` without Redis.
    public let lease: LeaderLease?
    let settings: HealthSettings
    let store: HealthStore?
    let audit: AuditLogger?
    /// Where changes go that do not go through Redis.
    let localChanges: InMemoryEventStream?
    let logger: Logger
    let alarm = Alarm()
    /// What is told while Redis is away, until all processes know it.
    let spool = AlertSpool()
    let state = Mutex(State())

    /// - Parameters:
    ///   - redis: the connection that the process shares; `nil` keeps everything in this process.
    ///   - settings: the services of the configuration, and when a change is told.
    ///   - isLasting: whether the process stays; one that does not only looks, and checks on demand.
    ///   - audit: where changes of status are recorded; `nil` nowhere.
    ///   - localChanges: where this process' own findings go while they cannot go to the change stream in Redis; `nil` nowhere.
    public init(
        redis: RedisClient?, settings: HealthSettings, isLasting: Bool = true, audit: AuditLogger?,
        localChanges: InMemoryEventStream? = nil, logger: Logger
    ) {
        self.settings = settings
        self.audit = audit
        self.localChanges = localChanges
        self.logger = logger
        store = redis.map { HealthStore($0, namespace: settings.namespace) }
        lease = store?.lease(KeySchema.healthLeader)
        registry = ServiceRegistry(store, switchedOff: settings.switchedOff, publisher: settings.publisher, logger: logger)
        for config in settings.services { registry.enroll(config, origin: .configuration, isPublished: isLasting) }
        guard let redis, let config = Self.ownRedis(redis) else { return }
        registry.enroll(config, origin: .configuration, isPublished: isLasting)
    }

    private static func ownRedis(_ redis: RedisClient) -> ServiceConfig? {
        try? ServiceConfig(
            name: DefaultServices.redis, url: nil, checkInterval: .seconds(10), timeout: .seconds(2), probe: RedisProbe(redis), kind: .redis
        )
    }

    /// Who checks at the moment.
    public var mode: Mode { state.withLock { $0.mode } }

    // MARK: Services

    /// Registers a service, or replaces it; it is checked at once (Seed: registerService).
    ///
    /// - Throws: `CacheError` when Redis refuses to be told.
    public func registerService(_ config: ServiceConfig, origin: RegisteredService.Origin = .code) async throws(CacheError) {
        state.withLock { state in
            state.tallies[config.name] = nil
            state.counted[config.name] = nil
            state.schedule.expect(config.name, at: .now)
        }
        defer { alarm.ring() }
        try await registry.register(config, origin: origin)
        if store == nil { publish("registered", config.name, registry.getServiceStatus(config.name)) }
    }

    /// Removes a service with its status and history (Seed: unregisterService).
    ///
    /// - Returns: whether it was registered.
    /// - Throws: `CacheError` when Redis cannot be told, and `invalidArgument` for `redis`, which is always watched.
    @discardableResult
    public func unregisterService(_ name: OperationName) async throws(CacheError) -> Bool {
        guard name != DefaultServices.redis || store == nil else {
            throw CacheError(.invalidArgument, "The service redis is always watched; nothing was removed.")
        }
        let wasThere = try await registry.unregister(name)
        state.withLock { state in
            state.tallies[name] = nil
            state.counted[name] = nil
            state.lone.forget(name)
        }
        if store == nil, wasThere { publish("unregistered", name, nil) }
        return wasThere
    }

    // MARK: Statuses

    /// How a service was last; `nil` for one that is not registered (Seed: getServiceHealth). Never waits for a check.
    public func getServiceHealth(_ name: OperationName) async -> ServiceHealth? {
        _ = await refresh()
        return registry.getServiceStatus(name)
    }

    /// How all services were last (Seed: getSystemHealth). Never waits for a check.
    public func getSystemHealth() async -> SystemHealth {
        let source = await refresh()
        return SystemHealth(timestamp: .now, services: registry.getAllStatuses(), source: source)
    }

    /// Brings the registry up to date where Redis has it, and says whose checks its statuses are.
    public func refresh() async -> SystemHealth.Source {
        if store == nil { return .thisProcess(reason: "there is no Redis: every process checks for itself") }
        if case .alone(let reason) = mode { return .thisProcess(reason: reason) }
        do throws(CacheError) {
            try await registry.refresh()
            return .monitor
        } catch {
            return .thisProcess(reason: absence(error))
        }
    }

    /// Why this process checks for itself.
    func absence(_ error: CacheError) -> String {
        switch error.code {
        case .refused: return Mode.refusal
        case .dataConflict:
            let key = error.key.map(KeySchema(settings.namespace).full) ?? "a key of the health services"
            return "\(key) in Redis is damaged: every process checks for itself until it is removed"
        default: return "Redis is away: every process checks for itself"
        }
    }
}

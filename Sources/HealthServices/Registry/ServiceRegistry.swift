public import CacheServices
import Logging
import Synchronization

/// Which services there are, and how each was last (Seed: ServiceRegistry).
///
/// With Redis the registry is there, and what this object holds is a copy that the monitor and ``refresh()`` bring up to date: its
/// getters cost no round trip. Without Redis it is all there is.
public final class ServiceRegistry: Sendable {
    /// A status and the instant at which it was true.
    struct Known: Sendable {
        let health: ServiceHealth
        let checkedAt: ContinuousClock.Instant
        /// This process found it by itself, and Redis does not have it.
        var isOwn = true
    }

    struct State {
        var services: [OperationName: RegisteredService] = [:]
        /// What this process registered itself, with what it can check.
        var configs: [OperationName: ServiceConfig] = [:]
        var statuses: [OperationName: Known] = [:]
        /// What this process registered and Redis does not have yet.
        var unpublished: Set<OperationName> = []
        var unreadable: Set<String> = []
        /// What the registry had no room for.
        var crowdedOut: Set<OperationName> = []
        var hasPublished = false
        /// The registry that this process took its services from.
        var epoch: String?
        /// Grows when this process registers or removes a service: what was read from Redis before is old then.
        var revision = 0
    }

    /// Services that can be watched at a time.
    public static let maximumServices = 200

    let store: HealthStore?
    /// Names the place of this process; see ``HealthSettings/publisher``.
    let publisher: String?
    /// Services that an earlier configuration may have left behind.
    let switchedOff: Set<OperationName>
    let logger: Logger
    let clock: CacheClock
    let state = Mutex(State())

    init(
        _ store: HealthStore?, switchedOff: Set<OperationName> = [], publisher: String? = nil, logger: Logger, clock: CacheClock = .system
    ) {
        self.store = store
        self.publisher = publisher
        self.switchedOff = switchedOff
        self.logger = logger
        self.clock = clock
    }

    // MARK: Services

    /// Registers a service, or replaces it.
    ///
    /// Where there is Redis and it cannot be reached, this process watches the service and tells Redis later.
    ///
    /// - Throws: `CacheError` when Redis refuses; the service is watched by this process nevertheless. `overCapacity` for one more than
    ///   ``maximumServices``, which nobody watches.
    public func register(_ config: ServiceConfig, origin: RegisteredService.Origin = .code) async throws(CacheError) {
        let service = RegisteredService(config, origin: origin)
        guard state.withLock({ $0.services[config.name] != nil || $0.services.count < Self.maximumServices }) else { throw Self.full }
        enroll(config, origin: origin)
        guard let store else { return }
        do throws(CacheError) {
            guard try await store.publish(replacing: [service]).refused.isEmpty else {
                withdraw(config.name)
                throw Self.full
            }
            state.withLock { state in
                state.unpublished.remove(config.name)
                state.revision += 1
            }
        } catch {
            guard error.meansAway || error.code == .outcomeUnknown else { throw error }
        }
    }

    /// Registers a service in this process; Redis is told when it is next asked.
    ///
    /// - Parameter isPublished: whether Redis is to be told; else it counts only while the registry there is empty.
    func enroll(_ config: ServiceConfig, origin: RegisteredService.Origin, isPublished: Bool = true) {
        state.withLock { state in
            state.services[config.name] = RegisteredService(config, origin: origin)
            state.configs[config.name] = config
            if store != nil, isPublished { state.unpublished.insert(config.name) }
            state.revision += 1
        }
    }

    private static let full = CacheError(
        .overCapacity, "\(maximumServices) services are registered, and more are not watched; nothing was registered.")

    private func withdraw(_ name: OperationName) {
        state.withLock { state in
            state.services[name] = nil
            state.configs[name] = nil
            state.unpublished.remove(name)
            state.revision += 1
        }
    }

    /// Removes a service with its status and history.
    ///
    /// - Returns: whether it was registered: in Redis, where there is one, or by this process before Redis could be told.
    /// - Throws: `CacheError` when Redis cannot be told; then nothing is removed.
    @discardableResult
    public func unregister(_ name: OperationName) async throws(CacheError) -> Bool {
        let wasInRedis = try await store?.forget(name) ?? false
        return state.withLock { state in
            state.revision += 1
            state.configs[name] = nil
            state.statuses[name] = nil
            let wasPending = state.unpublished.remove(name) != nil
            let wasHere = state.services.removeValue(forKey: name) != nil
            return store == nil ? wasHere : wasInRedis || wasPending
        }
    }

    /// The service of a name (Seed: getService).
    public func getService(_ name: OperationName) -> RegisteredService? { state.withLock { $0.services[name] } }

    /// All services in the order of their names (Seed: getAllServices).
    public func getAllServices() -> [RegisteredService] {
        state.withLock { $0.services.values.sorted { $0.name < $1.name } }
    }

    /// What can check a service in this process; `nil` when only another process can.
    func probe(of service: RegisteredService) -> (any HealthProbe)? {
        let own = state.withLock { $0.configs[service.name] }
        switch service.kind {
        case .process, .redis: return own?.kind == service.kind ? own?.probe : nil
        case .url:
            if let own, own.kind == .url, own.url?.redacted == service.url { return own.probe }
            return service.url.flatMap { try? ProbeURL($0) }?.probe
        }
    }

    // MARK: Statuses

    /// Takes how a service is (Seed: updateServiceStatus). This process' view; what all processes see is written by the monitor.
    public func updateServiceStatus(_ name: OperationName, _ health: ServiceHealth) {
        let now = clock.monotonic()
        state.withLock { $0.statuses[name] = Known(health: health, checkedAt: now) }
    }

    /// Takes what the monitor, which is this process, has written for all.
    func takeRecorded(_ health: ServiceHealth) {
        let now = clock.monotonic()
        state.withLock { $0.statuses[health.service] = Known(health: health, checkedAt: now, isOwn: false) }
    }

    /// How a service is as far as this process knows; `nil` for one that is not registered (Seed: getServiceStatus).
    ///
    /// A status older than three intervals is unhealthy, and says why.
    public func getServiceStatus(_ name: OperationName) -> ServiceHealth? {
        let now = clock.monotonic()
        return state.withLock { state in state.services[name].map { state.status(of: $0, at: now) } }
    }

    /// How all services are, in the order of their names (Seed: getAllStatuses).
    public func getAllStatuses() -> [ServiceHealth] {
        let now = clock.monotonic()
        return state.withLock { state in state.services.values.sorted { $0.name < $1.name }.map { state.status(of: $0, at: now) } }
    }

    /// When a service was last checked, by this process' clock.
    func lastCheck(of name: OperationName) -> ContinuousClock.Instant? { state.withLock { $0.statuses[name]?.checkedAt } }

    /// The same, of a check that all processes know.
    func lastRecordedCheck(of name: OperationName) -> ContinuousClock.Instant? {
        state.withLock { state in state.statuses[name].flatMap { $0.isOwn ? nil : $0.checkedAt } }
    }
}

extension ServiceRegistry.State {
    fileprivate func status(of service: RegisteredService, at now: ContinuousClock.Instant) -> ServiceHealth {
        guard let known = statuses[service.name] else { return .neverChecked(service.name) }
        // Where a check may take longer than the interval, the next one cannot come earlier.
        let interval = max(service.checkInterval, service.timeout)
        return known.health.believed(age: known.checkedAt.duration(to: now), interval: interval)
    }
}

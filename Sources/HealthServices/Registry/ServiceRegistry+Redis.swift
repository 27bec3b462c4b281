public import CacheServices
import Logging
import Synchronization

extension ServiceRegistry {
    /// Brings the services up to date: tells Redis what it does not know, and takes what it has.
    ///
    /// The first time a process comes, its configuration counts, and what it switches off is removed. Later what stands in Redis counts. A
    /// registry that is empty was lost, since the service `redis` cannot be removed, and is filled again.
    func synchronize() async throws(CacheError) {
        guard let store else { return }
        let revision = state.withLock { $0.revision }
        let (found, unreadable) = try await store.services()
        let (mine, pending, isFirst) = state.withLock { state in
            (state.services.filter { state.configs[$0.key] != nil }, state.unpublished, !state.hasPublished)
        }
        let missing = mine.values.filter { found.isEmpty || pending.contains($0.name) }
        let stale = isFirst ? found.filter { $0.origin == .configuration && switchedOff.contains($0.name) } : []
        try await store.put(missing)
        for service in stale { _ = try await store.forget(service.name) }
        adopt(found.filter { service in !stale.contains { $0.name == service.name } }, published: missing, ifStill: revision)
        reportOnce(unreadable)
    }

    /// Takes what Redis has, unless this process registered or removed something since that was read: then the next look brings it.
    private func adopt(_ found: [RegisteredService], published: [RegisteredService], ifStill revision: Int) {
        state.withLock { state in
            state.hasPublished = true
            guard state.revision == revision else {
                // What was registered anew meanwhile is told by itself.
                for service in published where state.services[service.name] == service { state.unpublished.remove(service.name) }
                return
            }
            var services = Dictionary(found.map { ($0.name, $0) }) { $1 }
            for service in published {
                services[service.name] = service
                state.unpublished.remove(service.name)
            }
            // What was registered meanwhile is not in Redis yet.
            for name in state.unpublished { services[name] = state.services[name] }
            state.services = services
            state.statuses = state.statuses.filter { services[$0.key] != nil }
        }
    }

    /// Reads which services there are, and nothing else.
    func readServices() async throws(CacheError) {
        guard let store else { return }
        let revision = state.withLock { $0.revision }
        let (found, unreadable) = try await store.services()
        state.withLock { state in
            guard state.revision == revision else { return }
            guard !found.isEmpty || state.configs.isEmpty else { return }
            var services = Dictionary(found.map { ($0.name, $0) }) { $1 }
            for name in state.unpublished { services[name] = state.services[name] }
            state.services = services
        }
        reportOnce(unreadable)
    }

    /// Reads services and statuses from Redis: two round trips.
    ///
    /// - Throws: `CacheError` when Redis cannot be read; what was known stays known, and grows old.
    public func refresh() async throws(CacheError) {
        guard let store else { return }
        try await readServices()
        let found = try await store.statuses(getAllServices().map(\.name))
        let now = clock.monotonic()
        state.withLock { state in
            for (name, status) in found where state.services[name] != nil {
                let known = Known(health: status.health, checkedAt: now - status.age)
                // This process may have looked later by itself, while Redis was away.
                if let own = state.statuses[name], own.checkedAt > known.checkedAt, status.health.lastCheck != nil { continue }
                state.statuses[name] = known
            }
        }
    }

    /// The last checks of a service, newest first; none without Redis.
    ///
    /// - Parameter limit: the most that are answered; Redis keeps 1000.
    public func history(of name: OperationName, limit: Int = 100) async throws(CacheError) -> [HealthSample] {
        guard let store else { return [] }
        return try await store.history(name, limit: limit)
    }

    private func reportOnce(_ unreadable: [String]) {
        let new = state.withLock { state in
            defer { state.unreadable = Set(unreadable) }
            return Set(unreadable).subtracting(state.unreadable)
        }
        for name in new.sorted() {
            logger.warning("an entry of the registry of services cannot be read", metadata: ["service": "\(name)"])
        }
    }
}

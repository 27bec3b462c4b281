public import CacheServices
import Foundation
import Logging
import Synchronization

extension ServiceRegistry {
    /// Brings the services up to date: tells Redis what it does not know, and takes what it has.
    ///
    /// The first time a process comes, its configuration counts, and what that has no more is removed. Later what stands in Redis counts,
    /// until Redis loses it: then every process puts back what it knew, where nobody has registered something else meanwhile.
    func synchronize() async throws(CacheError) {
        guard let store else { return }
        let revision = state.withLock { $0.revision }
        let reading = try await store.registry()
        let (pending, copies, isFirst, isNew) = state.withLock { state in
            let isNew = !reading.isWhole || state.epoch != reading.epoch
            let others = state.services.values.filter { !state.unpublished.contains($0.name) }
            // A process that has seen no registry before has nothing to put back.
            let isLost = isNew && (!reading.isWhole || state.epoch != nil)
            return (
                state.unpublished.compactMap { state.services[$0] }, isLost ? others.filter { !reading.names.contains($0.name) } : [],
                !state.hasPublished, isNew
            )
        }
        let stale = try await isNew ? staleServices(of: reading, isFirst: isFirst, in: store) : []
        var published = pending + copies
        var epoch = reading.epoch
        if !reading.isWhole || !published.isEmpty {
            let answer = try await store.publish(
                replacing: pending, adding: copies, after: reading.epoch, beginning: reading.isWhole ? nil : UUID().uuidString)
            // Where this registry was lost since it was read, nothing was put back into the next one: that is left to the next turn.
            if !reading.isWhole { epoch = answer.epoch }
            published.removeAll { answer.refused.contains($0.name) }
            report(crowdedOut: answer.refused)
        }
        for name in stale { _ = try await store.forget(name) }
        if !copies.isEmpty {
            logger.warning("Redis had lost registered services; they are registered again", metadata: ["services": "\(copies.count)"])
        }
        adopt(reading.services.filter { !stale.contains($0.name) }, published: published, epoch: epoch, ifStill: revision)
        report(unreadable: reading.unreadable)
    }

    /// Takes what Redis has, unless this process registered or removed something since that was read: then the next look brings it.
    private func adopt(_ found: [RegisteredService], published: [RegisteredService], epoch: String?, ifStill revision: Int) {
        state.withLock { state in
            state.hasPublished = true
            state.epoch = epoch
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

    /// Reads which services there are, and nothing else. Where Redis has lost some, those that were known stay known.
    func readServices() async throws(CacheError) {
        guard let store else { return }
        let revision = state.withLock { $0.revision }
        let reading = try await store.registry()
        state.withLock { state in
            guard state.revision == revision else { return }
            var services = Dictionary(reading.services.map { ($0.name, $0) }) { $1 }
            if !reading.isWhole || state.epoch.map({ $0 != reading.epoch }) ?? false {
                services.merge(state.services) { found, _ in found }
            }
            for name in state.unpublished { services[name] = state.services[name] }
            state.services = services
        }
        report(unreadable: reading.unreadable)
    }

    /// Reads services and statuses from Redis: two round trips.
    ///
    /// - Throws: `CacheError` when Redis cannot be read; what was known stays known, and grows old.
    public func refresh() async throws(CacheError) {
        try await readServices()
        try await readStatuses(of: getAllServices().map(\.name))
    }

    /// Reads the statuses of some services from Redis: one round trip.
    func readStatuses(of names: [OperationName]) async throws(CacheError) {
        guard let store else { return }
        let asked = clock.monotonic()
        let found = try await store.statuses(names)
        let now = clock.monotonic()
        state.withLock { state in
            for name in names where state.services[name] != nil {
                let own = state.statuses[name]
                guard let status = found[name] else {
                    // Redis lost it, and all processes are to say the same.
                    if let own, !own.isOwn, own.checkedAt < asked { state.statuses[name] = nil }
                    continue
                }
                let known = Known(health: status.health, checkedAt: now - status.age, isOwn: false)
                // This process may have looked later by itself, while Redis was away.
                if let own, own.checkedAt > known.checkedAt, status.health.lastCheck != nil { continue }
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

    private func report(unreadable: [String]) {
        let new = state.withLock { state in
            defer { state.unreadable = Set(unreadable) }
            return Set(unreadable).subtracting(state.unreadable)
        }
        for name in new.sorted() {
            logger.warning("an entry of the registry of services cannot be read", metadata: ["service": "\(name)"])
        }
    }

    private func report(crowdedOut: Set<OperationName>) {
        let new = state.withLock { state in
            defer { state.crowdedOut = crowdedOut }
            return crowdedOut.subtracting(state.crowdedOut)
        }
        for name in new.sorted() {
            logger.warning("the registry of services is full", metadata: ["service": "\(name)", "limit": "\(Self.maximumServices)"])
        }
    }
}

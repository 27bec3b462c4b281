import CacheServices
import Synchronization

// Services that only some processes can check have leases of their own, so that one of these checks them.

extension HealthChecker {
    /// Whether this process is to make a check that is due.
    func mayCheck(_ service: RegisteredService, isScheduled: Bool) async -> Bool {
        guard service.kind == .process, isScheduled, let store, let lease = ownLease(service.name) else { return true }
        if case .alone = mode { return true }
        guard let outcome = try? await take(lease, of: service) else { return false }
        guard outcome == .heldByAnother else { return true }
        // Its holder renews the lease as long as it lives: the check is this process' own as soon as that ends.
        guard let left = try? await store.remaining(of: lease) else { return false }
        let wait = min(max(left, service.checkInterval / 20), service.checkInterval)
        state.withLock { $0.schedule.expect(service.name, at: .now + wait) }
        alarm.ring()
        return false
    }

    /// Renews the leases that this process holds.
    func keepOwnLeases() async {
        for service in registry.getAllServices() where service.kind == .process {
            guard let lease = state.withLock({ $0.owned[service.name] }), lease.fence != nil else { continue }
            _ = try? await take(lease, of: service)
        }
    }

    func ownLease(_ name: OperationName) -> LeaderLease? {
        guard let store else { return nil }
        return state.withLock { state in
            if let lease = state.owned[name] { return lease }
            let lease = store.lease(KeySchema.healthOwner(name))
            state.owned[name] = lease
            return lease
        }
    }

    private func take(_ lease: LeaderLease, of service: RegisteredService) async throws(CacheError) -> LeaderLease.Outcome {
        let outcome = try await lease.take(for: service.checkInterval * 9 / 10)
        guard outcome == .taken, let store else { return outcome }
        // Another process may have checked in between: what was counted here is old.
        if let tally = try? await store.tally(service.name) { state.withLock { $0.tallies[service.name] = tally } }
        return outcome
    }
}

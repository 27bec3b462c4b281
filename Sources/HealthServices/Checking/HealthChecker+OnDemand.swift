import CacheServices
import Synchronization

// Whoever may read may ask for checks, as often as he likes: that must not bring an alert forward, nor fill error rate and history.

extension HealthChecker {
    /// Adds a check up where it counts, and says how the service is.
    func add(
        _ result: HealthCheckResult, of service: RegisteredService, isScheduled: Bool
    ) -> (health: ServiceHealth, number: Int, mode: Mode, counts: Bool) {
        let name = service.name
        let known = registry.lastCheck(of: name)
        return state.withLock { state in
            let now = ContinuousClock.now
            // A process that does not monitor counts nothing for anybody.
            let last = state.mode == .stopped ? nil : state.counted[name] ?? known
            let counts = isScheduled || last.map { $0.duration(to: now) >= service.checkInterval / 2 } ?? true
            let result = service.kind == .redis ? state.mode.judged(result) : result
            var tally = state.tallies[name, default: CheckTally()]
            let health = tally.add(result, of: name, at: .now)
            state.checks += 1
            if counts {
                state.tallies[name] = tally
                state.counted[name] = now
            }
            return (health, state.checks, state.mode, counts)
        }
    }

    /// Lets readers see a check that does not count, where this process writes what they read.
    func renew(_ health: ServiceHealth, of service: RegisteredService) async {
        switch mode {
        case .leader, .follower:
            guard let store, let holder = service.kind == .process ? ownLease(service.name) : lease, let fence = holder.fence else {
                return
            }
            guard (try? await store.renew(health, lease: holder.key, value: holder.value(of: fence))) == true else { return }
            registry.takeRecorded(health)
        case .alone, .stopped:
            // A change is told by the next check that counts, and would not be one any more.
            guard registry.lastStatus(of: service.name) == health.status else { return }
            registry.updateServiceStatus(service.name, health)
        }
    }
}

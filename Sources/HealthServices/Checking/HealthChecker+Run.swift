import CacheServices
import Logging
public import ServiceLifecycle
import Synchronization

extension HealthChecker: Service {
    /// The longest time in which another process takes over.
    static let longestTakeover = Duration.seconds(6)
    static let shortestTakeover = Duration.milliseconds(300)

    /// Monitors until a graceful shutdown or the end of the task (Seed: startMonitoring, stopMonitoring); then ends the checks that are under
    /// way, and gives the leases back.
    public func run() async {
        await cancelWhenGracefulShutdown {
            var turnAt = ContinuousClock.now
            while !Task.isCancelled {
                if ContinuousClock.now >= turnAt {
                    await self.takeTurn()
                    turnAt = .now + self.takeover / 4
                }
                let next = self.startDueChecks()
                await self.alarm.wait(atMost: ContinuousClock.now.duration(to: min(next ?? turnAt, turnAt)))
            }
        }
        let checks = state.withLock { state in
            state.mode = .stopped
            return state.inFlight.values.map(\.task)
        }
        for check in checks { check.cancel() }
        for check in checks { _ = await check.value }
        // A task of its own: a cancelled one could send nothing any more, and the leases would stay taken.
        let leases = state.withLock { $0.owned.values.map { $0 } } + (lease.map { [$0] } ?? [])
        spool.close()
        await Task {
            await share(isLast: true)
            for lease in leases { await lease.release() }
        }.value
    }

    /// Within this time another process takes over: one interval of the service that is checked most often.
    private var takeover: Duration {
        let shortest = registry.getAllServices().map(\.checkInterval).min() ?? Self.longestTakeover
        return max(Self.shortestTakeover, min(shortest, Self.longestTakeover))
    }

    /// Holds or awaits the lease, and brings services and statuses up to date: whoever asks this process is answered without a round trip.
    private func takeTurn() async {
        guard let lease, let store else { return enter(.alone(reason: "there is no Redis: every process checks for itself")) }
        do throws(CacheError) {
            let outcome = try await lease.take(for: takeover * 2 / 3)
            try await registry.synchronize()
            await prune()
            await keepOwnLeases()
            let known = try await store.courses()
            state.withLock { $0.lone.learn(known) }
            try await lead(outcome)
        } catch {
            // A single command without an answer does not end a lease; damage does not pass by itself.
            if lease.fence == nil || mode != .leader || error.code == .dataConflict { enter(.alone(reason: absence(error))) }
            return
        }
        await share()
    }

    private func lead(_ outcome: LeaderLease.Outcome) async throws(CacheError) {
        let isLeader = outcome != .heldByAnother
        let goesOn = isLeader && outcome != .taken && mode == .leader
        // The leader knows its own checks, and has to read those that only other processes can make.
        try await registry.readStatuses(of: registry.getAllServices().filter { !goesOn || $0.kind == .process }.map(\.name))
        guard isLeader else { return enter(.follower) }
        if !goesOn { begin() }
    }

    /// Forgets what was kept for services that are registered no more.
    private func prune() async {
        let names = Set(registry.getAllServices().map(\.name))
        let gone = state.withLock { state in
            state.tallies = state.tallies.filter { names.contains($0.key) }
            state.counted = state.counted.filter { names.contains($0.key) }
            defer { state.owned = state.owned.filter { names.contains($0.key) } }
            return state.owned.filter { !names.contains($0.key) }.map(\.value)
        }
        for lease in gone { await lease.release() }
    }

    /// Goes on where the leader before stopped: what it has just checked is not checked again.
    private func begin() {
        let expected = registry.getAllServices().compactMap { service in
            registry.lastRecordedCheck(of: service.name).map { (service.name, $0 + service.checkInterval) }
        }
        state.withLock { state in
            state.tallies = [:]
            state.counted = [:]
            state.schedule.reset()
            for (name, instant) in expected { state.schedule.expect(name, at: instant) }
        }
        enter(.leader)
    }

    private func enter(_ mode: Mode) {
        let before = state.withLock { state in
            defer { state.mode = mode }
            if mode.isAlone, !state.mode.isAlone {
                state.lone.begin(after: spool.changes)
                // Nobody else looks any more: at once, and not when this process would have looked next.
                state.schedule.reset()
            }
            return state.mode
        }
        guard before != mode else { return }
        if mode.isAlone { spool.open() } else { spool.close() }
        switch mode {
        case .stopped: break
        case .leader: logger.info("monitors the services for all processes", metadata: ["fence": "\(lease?.fence ?? 0)"])
        case .follower: logger.info("another process monitors the services")
        case .alone(let reason): logger.warning("monitors the services for itself", metadata: ["reason": "\(reason)"])
        }
    }

    /// Starts what is due here, and answers when to ask again.
    private func startDueChecks() -> ContinuousClock.Instant? {
        let mode = mode
        let mine = registry.getAllServices().filter { service in
            switch mode {
            case .stopped: false
            // A lease that ran out unnoticed: nothing could be recorded.
            case .leader: service.kind == .process || lease?.fence != nil
            case .follower: service.kind == .process
            case .alone: true
            }
        }
        let byName = Dictionary(mine.map { ($0.name, $0) }) { $1 }
        let (due, next) = state.withLock { $0.schedule.take(byName.mapValues(\.checkInterval), at: .now) }
        for name in due { if let service = byName[name] { _ = start(service, isScheduled: true) } }
        return next
    }
}

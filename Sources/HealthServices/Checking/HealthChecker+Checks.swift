public import CacheServices
import Logging
import Synchronization

extension HealthChecker {
    /// Checks one service now, or joins the check that is under way (Seed: checkService).
    ///
    /// The leader records what it finds. Another process answers its caller, and leaves the statuses of all to the leader.
    ///
    /// - Returns: how the service is; the last status where only another process can check it; `nil` for one that is not registered.
    public func checkService(_ name: OperationName) async -> ServiceHealth? {
        if registry.getService(name) == nil { _ = await refresh() }
        guard let service = registry.getService(name) else { return nil }
        return await start(service, isScheduled: false)?.value ?? registry.getServiceStatus(name)
    }

    /// Checks all services now, at once (Seed: checkAllServices).
    public func checkAllServices() async -> SystemHealth {
        let source = await refresh()
        let services = await withTaskGroup(of: ServiceHealth?.self) { group in
            for service in registry.getAllServices() {
                group.addTask { await self.start(service, isScheduled: false)?.value ?? self.registry.getServiceStatus(service.name) }
            }
            return await group.reduce(into: [ServiceHealth]()) { all, health in
                if let health { all.append(health) }
            }
        }
        let isOwn = state.withLock { $0.mode != .leader }
        if isOwn, case .monitor = source {
            return SystemHealth(
                timestamp: .now, services: services, source: .thisProcess(reason: "checked on demand, by a process that is not the monitor")
            )
        }
        return SystemHealth(timestamp: .now, services: services, source: source)
    }

    /// Starts a check unless one is under way, and gives the one that is; `nil` where this process cannot check the service.
    func start(_ service: RegisteredService, isScheduled: Bool) -> Task<ServiceHealth?, Never>? {
        guard let probe = registry.probe(of: service) else { return nil }
        return state.withLock { state in
            if let current = state.inFlight[service.name] {
                guard current.isAnswered else { return current.task }
                // The probe takes no notice of its end: there will be no second one beside it.
                return Task {
                    await self.take(.failure("The check before has not ended.", after: .zero), of: service, isScheduled: isScheduled)
                }
            }
            let task = Task { await self.check(service, probe, isScheduled: isScheduled) }
            state.inFlight[service.name] = CheckInFlight(task: task)
            return task
        }
    }

    private func check(_ service: RegisteredService, _ probe: any HealthProbe, isScheduled: Bool) async -> ServiceHealth? {
        guard await mayCheck(service, isScheduled: isScheduled) else {
            finish(service.name) { $0.hasEnded = true }
            finish(service.name) { $0.isAnswered = true }
            return nil
        }
        await prepareTally(service)
        let result = await BoundedCheck.run(probe, within: service.timeout) { self.finish(service.name) { $0.hasEnded = true } }
        defer { finish(service.name) { $0.isAnswered = true } }
        // A check that the end of the service broke off says nothing about what it checked.
        guard !Task.isCancelled else { return nil }
        return await take(result, of: service, isScheduled: isScheduled)
    }

    /// The place of a check is free again when it was answered and the probe has ended.
    private func finish(_ name: OperationName, _ change: (inout CheckInFlight) -> Void) {
        state.withLock { state in
            guard var check = state.inFlight[name] else { return }
            change(&check)
            state.inFlight[name] = check.isAnswered && check.hasEnded ? nil : check
        }
    }

    /// Goes on counting where another process stopped.
    private func prepareTally(_ service: RegisteredService) async {
        guard let store, state.withLock({ $0.tallies[service.name] == nil }) else { return }
        guard let tally = try? await store.tally(service.name) else { return }
        state.withLock { $0.tallies[service.name] = $0.tallies[service.name] ?? tally }
    }
}

import CacheServices
import Logging
import LoggingServices
import Synchronization

extension HealthChecker {
    /// Takes what a check found: adds it up, records it where this process may, and tells of a change.
    ///
    /// - Parameter isScheduled: whether it was due; others count only when none has counted for half an interval.
    func take(_ result: HealthCheckResult, of service: RegisteredService, isScheduled: Bool) async -> ServiceHealth {
        let name = service.name
        let (health, number, mode, counts) = add(result, of: service, isScheduled: isScheduled)
        guard counts else {
            await renew(health, of: service)
            return health
        }
        guard let store, mode == .leader || mode == .follower else {
            await takeAlone(health)
            return health
        }
        let holder = service.kind == .process ? ownLease(name) : lease
        guard let holder, let fence = holder.fence else { return health }
        let check = RecordedCheck(health: health, success: result.success, fence: fence, number: number)
        switch await record(check, under: holder, in: store) {
        case .success(.fenced):
            holder.lose()
            alarm.ring()
            logger.notice("a check came too late: another process monitors", metadata: ["service": "\(name)"])
        case .success(.gone): alarm.ring()
        case .success(.recorded(let before, let alert)):
            registry.takeRecorded(health)
            state.withLock { $0.lone.learn(name, is: health.status, fence: fence, hasLasted: alert != nil) }
            if before != health.status { await tell(health, from: before, check: "\(name):\(fence):\(number)") }
            if let alert { logger.notice("the change of a service has lasted", metadata: ["service": "\(name)", "alert": "\(alert)"]) }
        case .failure(let error):
            // Readers of this process see it nevertheless, and hear of a change.
            await takeAlone(health)
            alarm.ring()
            logger.warning("a check could not be recorded", metadata: ["service": "\(name)", "reason": "\(error)"])
        }
        return health
    }

    /// Asks again after an unknown outcome: the number of the check keeps it from being counted twice.
    private func record(
        _ check: RecordedCheck, under holder: LeaderLease, in store: HealthStore
    ) async -> Result<RecordedCheck.Outcome, CacheError> {
        let value = holder.value(of: check.fence)
        var attempts = 0
        while true {
            attempts += 1
            do throws(CacheError) {
                return .success(try await store.record(check, lease: holder.key, value: value, alertAfter: settings.alertAfter))
            } catch {
                guard error.code == .outcomeUnknown, attempts < 2 else { return .failure(error) }
            }
        }
    }

    /// Tells live pages of this process what Redis cannot tell them.
    func publish(_ event: String, _ service: OperationName, _ health: ServiceHealth?) {
        let value = health.map { JSONWriter.bytes($0.jsonValue) } ?? []
        localChanges?.append(ChangeEvent(topic: .health, event: event, key: KeySchema.healthStatus(service), value: value))
    }

    /// Logs a change of status, and records it in the audit trail.
    ///
    /// - Parameter check: the name of the check that found it, under which no repeat adds it again; `nil` for what this process sees for
    ///   itself while Redis is away: others see it as well and record what they see. Where there is a journal it is in the trail later.
    func tell(_ health: ServiceHealth, from before: ServiceStatus?, check: String?) async {
        log(health, from: before)
        guard let audit, before != nil || health.status != .healthy else { return }
        let was = before.map { ", was \($0.rawValue)" } ?? ""
        let reason = health.reason.map { ": \($0)" } ?? ""
        let metadata: JSONValue = [
            "service": .string(health.service.rawValue), "from": before.map { .string($0.rawValue) } ?? .null,
            "to": .string(health.status.rawValue), "latency_ms": .milliseconds(health.latency),
            "check": check.map(JSONValue.string) ?? .null,
            "source": check == nil ? "this_process" : "monitor",
        ]
        let event = AuditEvent.system("Service \(health.service) is \(health.status.rawValue)\(was)\(reason)", metadata: metadata)
        let key = check.flatMap { check in
            let name = check.map { $0 == " " ? "_" : String($0) }.joined()
            return try? IdempotencyKey("health:" + name, owner: "health", request: JSONWriter.bytes(metadata))
        }
        do {
            _ = try await audit.log(event, idempotency: key)
        } catch {
            logger.warning(
                "a change of status is not in the audit trail", metadata: ["service": "\(health.service)", "reason": "\(error)"])
        }
    }

    func log(_ health: ServiceHealth, from before: ServiceStatus?) {
        let metadata: Logger.Metadata = [
            "service": "\(health.service)", "status": "\(health.status.rawValue)", "from": "\(before?.rawValue ?? "unknown")",
            "reason": "\(health.reason ?? "none")", "latency_ms": "\(health.latency?.wholeMilliseconds ?? 0)",
        ]
        switch health.status {
        case .healthy: logger.notice("service is healthy", metadata: metadata)
        case .degraded: logger.warning("service is degraded", metadata: metadata)
        case .unhealthy: logger.error("service is unhealthy", metadata: metadata)
        }
    }
}

extension ServiceRegistry {
    /// The status that was taken last, whatever its age.
    func lastStatus(of name: OperationName) -> ServiceStatus? { state.withLock { $0.statuses[name]?.health.status } }
}

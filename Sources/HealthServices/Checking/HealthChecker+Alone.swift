import CacheServices
import Logging
import LoggingServices
import Synchronization

// While Redis is away: nobody is told of anything by way of Redis, so that every process looks, tells and records for itself.

extension HealthChecker {
    /// Keeps a status in this process, and tells of a change as of one that this process saw.
    func takeAlone(_ health: ServiceHealth) async {
        let seen = registry.lastStatus(of: health.service)
        registry.updateServiceStatus(health.service, health)
        publish("checked", health.service, health)
        let found = state.withLock { state in
            state.mode.isAlone ? state.lone.take(health, lastingFor: settings.alertAfter) : nil
        }
        // A process that does not run only looks.
        guard let (before, lasting) = found else {
            if seen != health.status { log(health, from: seen) }
            return
        }
        if let lasting {
            spool.add(lasting)
            logger.notice(
                "the change of a service has lasted, as this process sees it",
                metadata: ["service": "\(health.service)", "alert": "\(lasting.alert.id)"])
        }
        if before != health.status { await tell(health, from: before, check: nil) }
    }

    /// Brings to Redis what this process saw and told while Redis was away, once nothing is being told any more.
    ///
    /// - Parameter isLast: whether the process ends, and what Redis does not take now is lost to the record.
    func share(isLast: Bool = false) async {
        guard let store else { return }
        guard let contents = spool.settled else {
            if isLast { logger.error("what was told while Redis was away is not on record: something is still being told") }
            return
        }
        guard !contents.isEmpty else { return }
        do throws(CacheError) {
            let new = try await store.share(contents, by: spool.name)
            spool.remove(contents)
            logger.info(
                "what was told while Redis was away is on record",
                metadata: ["alerts": "\(new.alerts)", "deliveries": "\(new.deliveries)"])
            state.withLock { $0.isSharingReported = false }
        } catch {
            let isReported = state.withLock { state in
                defer { state.isSharingReported = true }
                return state.isSharingReported
            }
            if isLast {
                logger.error(
                    "what was told while Redis was away is not on record",
                    metadata: [
                        "changes": "\(contents.changes.count)", "deliveries": "\(contents.deliveries.count)", "reason": "\(error)",
                    ])
            } else if !isReported {
                logger.warning("what was told while Redis was away cannot be recorded yet", metadata: ["reason": "\(error)"])
            }
        }
    }
}

extension HealthChecker.Mode {
    /// Whether a process in this mode knows no more than what it sees itself.
    var isAlone: Bool { if case .alone = self { true } else { false } }

    /// The reason where Redis is there but takes nothing, as a full one.
    static let refusal = "Redis refuses to be written or read: every process checks for itself"

    /// What a check of Redis found: one that answers and takes nothing is not well.
    func judged(_ result: HealthCheckResult) -> HealthCheckResult {
        guard self == .alone(reason: Self.refusal), result.success else { return result }
        return HealthCheckResult(
            success: false, latency: result.latency, error: "Redis answers, but refuses to be written or read.", metadata: result.metadata)
    }
}

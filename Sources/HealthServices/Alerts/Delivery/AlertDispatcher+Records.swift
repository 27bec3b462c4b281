import CacheServices
import Logging
import LoggingServices
import Synchronization

extension AlertDispatcher {
    /// Writes a record, as soon as Redis takes it; gives up only when the process ends. While Redis is away the spool takes it.
    func record(_ delivery: AlertDelivery, _ job: Job) async {
        var reports = LogAllowance(every: .seconds(60))
        while true {
            if job.term == nil || leadership.standing() == .alone {
                spool.add(delivery)
                return log(delivery)
            }
            do {
                // A task of its own: what was told is recorded also when this one is cancelled.
                try await Task { [store] in try await store.add(delivery) }.value
                return log(delivery)
            } catch {
                guard !Task.isCancelled, !state.withLock({ $0.isStopping }) else {
                    return logger.error(
                        "what became of an alert is not on record", metadata: ["id": "\(delivery.id)", "channel": "\(delivery.channel)"])
                }
                if reports.take(at: .now) != nil {
                    logger.warning("what became of an alert cannot be recorded at the moment", metadata: ["reason": "\(error)"])
                }
                try? await Task.sleep(for: .milliseconds(250))
            }
        }
    }

    private func log(_ delivery: AlertDelivery) {
        var metadata: Logger.Metadata = [
            "id": "\(delivery.id)", "channel": "\(delivery.channel)", "attempts": "\(delivery.attempts)",
        ]
        metadata["reason"] = delivery.detail.map { "\($0)" }
        switch delivery.result {
        case .sent: logger.info("an alert was sent", metadata: metadata)
        case .failed: logger.error("an alert could not be delivered", metadata: metadata)
        case .suppressed: logger.info("an alert was suppressed", metadata: metadata)
        case .unsent: logger.warning("nobody was told of an alert: no channel is configured", metadata: ["id": "\(delivery.id)"])
        }
    }
}

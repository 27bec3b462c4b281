public import CacheServices
import Logging
public import ServiceLifecycle
import Synchronization

extension PerformanceLogger: Service {
    /// Stores what is recorded, at least every 100 ms and as soon as a batch is full, until the service ends; then what is left.
    public func run() async {
        let watch = Mutex(Watch(limits))
        let lost = await lane.run(every: limits.flushInterval) {
            do throws(CacheError) {
                try await self.flush()
                self.report(nil, watch)
            } catch {
                self.report(error, watch)
            }
        }
        if lost > 0 { logger.warning("the end came before these performance samples could be stored", metadata: ["dropped": "\(lost)"]) }
    }

    /// Stores what is recorded so far: a script for each hundred samples.
    ///
    /// - Throws: `CacheError` when they could not be stored; they are kept, and nothing is stored twice.
    public func flush() async throws(CacheError) {
        try await flush(isPatient: true)
    }

    /// - Parameter isPatient: whether it tries although storing failed a moment ago.
    func flush(isPatient: Bool) async throws(CacheError) {
        try await lane.flush(isPatient: isPatient) { (batch) throws(CacheError) in
            let grouped = state.withLock { PerformanceBatch(number: batch.number, batch.elements, &$0.book) }
            let lost = try await store.add(grouped)
            if lost > 0 { state.withLock { $0.status.dropped += lost } }
        }
    }

    /// What ``run()`` has said, so that it says everything once.
    private struct Watch {
        var isFailing = false
        var dropped = 0
        var drops: LogAllowance
        var open: LogAllowance

        init(_ limits: PerformanceLimits) {
            drops = LogAllowance(every: limits.logInterval)
            open = LogAllowance(every: limits.logInterval)
        }
    }

    private func report(_ error: CacheError?, _ watch: borrowing Mutex<Watch>) {
        let (now, status) = (clock.monotonic(), status)
        watch.withLock { watch in
            if let error, !watch.isFailing, error.code != .cancelled {
                logger.warning(
                    "performance samples cannot be stored and wait", error: error,
                    metadata: ["reason": "\(error)", "waiting": "\(status.waiting)"])
                watch.isFailing = true
            } else if error == nil, watch.isFailing {
                logger.notice("performance samples are stored again", metadata: ["dropped": "\(status.dropped)"])
                watch.isFailing = false
            }
            if status.dropped > watch.dropped, watch.drops.take(at: now) != nil {
                logger.warning(
                    "performance samples were dropped", metadata: ["new": "\(status.dropped - watch.dropped)", "all": "\(status.dropped)"])
                watch.dropped = status.dropped
            }
            guard watch.open.isDue(at: now) else { return }
            let open = getOpenOperations(olderThan: limits.openWarning)
            if let first = open.first, watch.open.take(at: now) != nil {
                logger.warning(
                    "operations have not ended",
                    metadata: ["count": "\(open.count)", "oldest": "\(first.operation)", "open_for": "\(first.age)"])
            }
        }
    }
}

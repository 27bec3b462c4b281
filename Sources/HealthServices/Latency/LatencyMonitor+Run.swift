public import CacheServices
import Logging
import LoggingServices
public import ServiceLifecycle
import Synchronization

extension LatencyMonitor: Service {
    /// Stores what is recorded, at least every 100 ms and as soon as a batch is full, until the service ends; then what is left.
    public func run() async {
        let watch = Mutex(Watch(drops: LogAllowance(every: limits.logInterval)))
        await lane.run(every: limits.flushInterval) {
            do throws(CacheError) {
                try await self.flush()
                self.report(nil, watch)
            } catch {
                self.report(error, watch)
            }
        }
        let status = status
        if status.waiting > 0 {
            logger.warning("latency samples could not be stored and are lost", metadata: ["lost": "\(status.waiting)"])
        } else {
            try? await store.retire()
        }
    }

    /// Stores what is recorded so far: a script for each hundred samples.
    ///
    /// - Throws: `CacheError` when they could not be stored; they are kept, and nothing is stored twice.
    public func flush() async throws(CacheError) {
        try await lane.flush { (batch) throws(CacheError) in
            let measurements = state.withLock { state in batch.elements.map { $0.moved(to: state.book.series(of: $0.series)) } }
            try await store.add(measurements, number: batch.number)
            state.withLock { $0.status.stored += measurements.count }
        }
    }

    /// Stores what is recorded, for a program that does not ``run()`` and ends now.
    ///
    /// - Throws: `CacheError` when it could not be stored.
    public func finish() async throws(CacheError) {
        try await flush()
        // The samples are there; a number that stays is forgotten after a day.
        try? await store.retire()
    }

    /// What ``run()`` has said, so that it says everything once.
    private struct Watch {
        var isFailing = false
        var dropped = 0
        var drops: LogAllowance
    }

    private func report(_ error: CacheError?, _ watch: borrowing Mutex<Watch>) {
        let (now, status) = (clock.monotonic(), status)
        watch.withLock { watch in
            if let error, !watch.isFailing, error.code != .cancelled {
                logger.warning(
                    "latency samples cannot be stored and wait", metadata: ["reason": "\(error)", "waiting": "\(status.waiting)"])
                watch.isFailing = true
            } else if error == nil, watch.isFailing {
                logger.notice("latency samples are stored again", metadata: ["dropped": "\(status.dropped)"])
                watch.isFailing = false
            }
            if status.dropped > watch.dropped, watch.drops.take(at: now) != nil {
                logger.warning(
                    "latency samples were dropped", metadata: ["new": "\(status.dropped - watch.dropped)", "all": "\(status.dropped)"])
                watch.dropped = status.dropped
            }
        }
    }
}

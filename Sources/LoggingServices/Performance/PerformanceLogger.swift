public import CacheServices
public import Hiredis
public import Logging
import Synchronization

/// How long the desk's operations take, shared by all processes (Seed: PerformanceLogger).
///
/// Recording costs a lock and a move, and never waits or fails: samples go into a bounded queue, and ``run()`` stores them in batches.
/// Redis keeps the newest 1,000 of each operation. A read stores first what this process has recorded, and sees what all processes have
/// stored. Nothing starts before ``run()``; a short program calls ``flush()`` at its end instead.
public final class PerformanceLogger: Sendable {
    /// Where samples are kept.
    public enum Storage: Sendable {
        /// In Redis, under the namespace.
        case redis(RedisClient, namespace: Namespace = .standard)
        /// In this process only.
        case memory
    }

    struct State {
        var open: OpenOperations
        var book: SeriesBook<OperationName>
        var status = PerformanceStatus()
        var unknownEnds: LogAllowance
        var refusals: LogAllowance
        var abandonments: LogAllowance
    }

    /// The series under which the samples of operations beyond ``PerformanceLimits/operations`` are kept.
    public static let otherOperations: OperationName = "_other"

    let store: any PerformanceStore
    let lane: BatchLane<PerformanceLogEntry>
    let limits: PerformanceLimits
    let clock: CacheClock
    let logger: Logger
    let state: Mutex<State>

    /// - Parameters:
    ///   - clock: the monotonic one measures, the wall one dates.
    ///   - logger: for samples that cannot be stored and operations that never end, at a bounded rate.
    public init(_ storage: Storage, limits: PerformanceLimits = PerformanceLimits(), clock: CacheClock = .system, logger: Logger) {
        store =
            switch storage {
            case .redis(let client, let namespace): RedisPerformanceStore(client, namespace: namespace)
            case .memory: InMemoryPerformanceStore()
            }
        lane = BatchLane(capacity: limits.queue, batchSize: limits.batch)
        self.limits = limits
        self.clock = clock
        self.logger = logger
        let allowance = LogAllowance(every: limits.logInterval)
        state = Mutex(
            State(
                open: OpenOperations(capacity: limits.openOperations), book: Self.book(limits),
                unknownEnds: allowance, refusals: allowance, abandonments: allowance))
    }

    static func book(_ limits: PerformanceLimits) -> SeriesBook<OperationName> {
        SeriesBook(limit: limits.operations, other: otherOperations)
    }

    /// Gauges and counters of this process; costs no round trip.
    public var status: PerformanceStatus {
        var status = state.withLock { state in
            var status = state.status
            status.openOperations = state.open.count
            return status
        }
        let counts = lane.counts
        status.waiting = counts.waiting
        status.dropped += counts.dropped
        return status
    }

    /// Records a duration that the caller measured.
    ///
    /// - Parameters:
    ///   - durationMS: in milliseconds, 0 to 1e9.
    ///   - metadata: an open object, kept up to 4 KB of JSON.
    /// - Returns: the entry; `nil` when the duration is out of its range, which is logged and counted.
    @discardableResult
    public func logLatency(
        _ operation: OperationName, durationMS: Double, success: Bool = true, metadata: [String: JSONValue]? = nil
    ) -> PerformanceLogEntry? {
        guard PerformanceLogEntry.duration.allows(durationMS) else {
            refused(operation)
            return nil
        }
        let entry = PerformanceLogEntry(
            operation: operation, durationMS: durationMS, timestamp: clock.wall(), success: success,
            metadata: metadata?.isEmpty == true ? nil : metadata)
        lane.append(entry)
        return entry
    }

    private func refused(_ operation: OperationName) {
        let heldBack = state.withLock { state in
            state.status.refused += 1
            return state.refusals.take(at: clock.monotonic())
        }
        guard let heldBack else { return }
        logger.warning(
            "a duration is no number from 0 to 1e9 ms and was not recorded",
            metadata: ["operation": "\(operation)", "more_before": "\(heldBack)"])
    }
}

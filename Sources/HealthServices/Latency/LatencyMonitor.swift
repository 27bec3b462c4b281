public import CacheServices
public import Hiredis
public import Logging
import LoggingServices
import Synchronization

/// How long the desk's services take, shared by all processes (Seed: LatencyMonitor).
///
/// Recording costs a lock and a move, and never waits or fails: samples go into a bounded queue, and ``run()`` stores them in batches.
/// Redis keeps the newest 10,000. A read stores first what this process has recorded, and sees through a local copy of the stream what all
/// processes have stored: it fetches only what is new. Nothing starts before ``run()``; a short program calls ``finish()`` at its end
/// instead.
public final class LatencyMonitor: Sendable {
    /// Where samples are kept.
    public enum Storage: Sendable {
        /// In Redis, under the namespace.
        case redis(RedisClient, namespace: Namespace = .standard)
        /// In this process only.
        case memory
    }

    struct State {
        var book: SeriesBook<LatencySeries>
        var status = LatencyStatus()
        var refusals: LogAllowance
        var slow: SlowLatencies
    }

    let store: any LatencyStore
    let mirror: LatencyMirror
    let lane: BatchLane<LatencyMeasurement>
    let limits: LatencyLimits
    let clock: CacheClock
    let logger: Logger
    let state: Mutex<State>

    /// - Parameters:
    ///   - clock: the wall clock dates samples and bounds windows.
    ///   - logger: for slow samples and for samples that cannot be stored, at a bounded rate.
    public init(_ storage: Storage, limits: LatencyLimits = LatencyLimits(), clock: CacheClock = .system, logger: Logger) {
        store =
            switch storage {
            case .redis(let client, let namespace): RedisLatencyStore(client, namespace: namespace, maximumLength: limits.samples)
            case .memory: InMemoryLatencyStore(maximumLength: limits.samples, clock: clock)
            }
        mirror = LatencyMirror(store.stream, maximumLength: limits.samples)
        lane = BatchLane(capacity: limits.queue, batchSize: limits.batch)
        self.limits = limits
        self.clock = clock
        self.logger = logger
        state = Mutex(
            State(
                book: Self.book(limits), refusals: LogAllowance(every: limits.logInterval),
                slow: SlowLatencies(every: limits.logInterval, limit: limits.series)))
    }

    static func book(_ limits: LatencyLimits) -> SeriesBook<LatencySeries> { SeriesBook(limit: limits.series, other: .other) }

    /// Gauges and counters of this process; costs no round trip.
    public var status: LatencyStatus {
        var status = state.withLock { $0.status }
        let counts = lane.counts
        status.waiting = counts.waiting
        status.dropped = counts.dropped
        return status
    }

    /// Records how long a service took.
    ///
    /// - Parameters:
    ///   - latencyMS: in milliseconds, 0 to 1e9.
    ///   - metadata: an open object, kept up to 4 KB of JSON.
    /// - Returns: the measurement; `nil` when the latency is out of its range, which is logged and counted.
    @discardableResult
    public func recordLatency(
        _ service: OperationName, _ operation: OperationName, latencyMS: Double, success: Bool = true,
        metadata: [String: JSONValue]? = nil
    ) -> LatencyMeasurement? {
        let series = LatencySeries(service: service, operation: operation)
        guard LatencyMeasurement.latency.allows(latencyMS) else {
            refused(series)
            return nil
        }
        let measurement = LatencyMeasurement(
            timestamp: clock.wall(), series: series, latencyMS: latencyMS, success: success,
            metadata: metadata?.isEmpty == true ? nil : metadata)
        lane.append(measurement)
        if latencyMS > limits.warningMS { warn(of: measurement) }
        return measurement
    }

    /// Records what somebody else measured and handed in.
    @discardableResult
    public func recordLatency(_ reading: LatencyReading) -> LatencyMeasurement? {
        recordLatency(
            reading.series.service, reading.series.operation, latencyMS: reading.latencyMS, success: reading.success,
            metadata: reading.metadata)
    }

    private func refused(_ series: LatencySeries) {
        let heldBack = state.withLock { state in
            state.status.refused += 1
            return state.refusals.take(at: clock.monotonic())
        }
        guard let heldBack else { return }
        logger.warning(
            "a latency is no number from 0 to 1e9 ms and was not recorded",
            metadata: ["service": "\(series.service)", "operation": "\(series.operation)", "more_before": "\(heldBack)"])
    }

    private func warn(of measurement: LatencyMeasurement) {
        guard let heldBack = state.withLock({ $0.slow.take(measurement.series, at: clock.monotonic()) }) else { return }
        logger.warning(
            "high latency",
            metadata: [
                "service": "\(measurement.service)", "operation": "\(measurement.operation)", "latency_ms": "\(measurement.latencyMS)",
                "more_before": "\(heldBack)",
            ])
    }
}

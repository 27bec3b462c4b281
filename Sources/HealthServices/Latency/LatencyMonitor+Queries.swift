public import CacheServices
import LoggingServices
import Synchronization

extension LatencyMonitor {
    /// The windows that can be asked for, in minutes: up to 30 days.
    public static let minutes = 1...43_200
    /// How many entries of a list can be asked for.
    public static let listed = 1...1000

    /// The figures of each operation of a service, or of one, over all kept samples; sorted, without those that have no samples. One round
    /// trip when nothing is new, as everywhere below.
    ///
    /// - Parameters:
    ///   - service: of all services when `nil`.
    ///   - trace: is told where the answer comes from, and whether something unreadable was passed by, as everywhere below.
    public func getLatencyStats(
        _ service: OperationName? = nil, operation: OperationName? = nil, noting trace: CacheTrace? = nil
    ) async throws(CacheError) -> LatencyAnswer<[LatencyStats]> {
        try await read(trace) { $0.stats(.init(service: service, operation: operation)) }
    }

    /// The newest samples, last arrived first.
    ///
    /// - Parameter limit: the most that are answered, 1…1000.
    public func getRecentMeasurements(
        limit: Int = 100, service: OperationName? = nil, noting trace: CacheTrace? = nil
    ) async throws(CacheError) -> LatencyAnswer<[LatencyMeasurement]> {
        try Self.check(limit)
        return try await read(trace) { $0.recent(.init(service: service), limit: limit) }
    }

    /// The mean latency of a service in the last minutes, in milliseconds; `nil` without samples.
    ///
    /// - Parameter minutes: 1…43,200.
    public func getAverageLatency(
        _ service: OperationName, minutes: Int = 5, noting trace: CacheTrace? = nil
    ) async throws(CacheError) -> LatencyAnswer<Double?> {
        let window = try Self.window(minutes)
        return try await read(trace) { view in
            let answer = view.window(.init(service: service), window)
            return LatencyAnswer(answer.value?.averageMS, from: answer.from, to: answer.to)
        }
    }

    /// How latency went in the last minutes: the figures of each interval that has samples, oldest first.
    ///
    /// Intervals start at whole multiples of their length since 1970, so that asking again gives the same ones; the first begins at or
    /// before the start of the window.
    ///
    /// - Parameters:
    ///   - window: up to 30 days.
    ///   - interval: 1 ms up to the window; a twentieth of it unless given.
    public func getLatencyTrend(
        service: OperationName? = nil, operation: OperationName? = nil, window: Duration = .seconds(300), interval: Duration? = nil,
        noting trace: CacheTrace? = nil
    ) async throws(CacheError) -> LatencyAnswer<[LatencyTrendPoint]> {
        let longest = Duration.seconds(Self.minutes.upperBound * 60)
        guard window >= .milliseconds(1), window <= longest else {
            throw CacheError(.invalidArgument, "A trend is over 1 ms to 30 days.")
        }
        let interval = interval ?? max(window / 20, .milliseconds(1))
        guard interval >= .milliseconds(1), interval <= window else {
            throw CacheError(.invalidArgument, "The interval of a trend is from 1 ms to the length of its window.")
        }
        return try await read(trace) { $0.trend(.init(service: service, operation: operation), window, interval: interval) }
    }

    /// The services with the greatest mean latency over all kept samples, greatest first.
    ///
    /// - Parameter limit: the most that are answered, 1…1000.
    public func getHighLatencyServices(
        limit: Int = 5, noting trace: CacheTrace? = nil
    ) async throws(CacheError) -> LatencyAnswer<[ServiceLatency]> {
        try Self.check(limit)
        return try await read(trace) { $0.slowest(limit: limit) }
    }

    /// All services together in the last minutes; `nil` without samples.
    ///
    /// - Parameter minutes: 1…43,200.
    public func getEndToEndLatency(
        minutes: Int = 5, noting trace: CacheTrace? = nil
    ) async throws(CacheError) -> LatencyAnswer<EndToEndLatency?> {
        let window = try Self.window(minutes)
        return try await read(trace) { view in
            let answer = view.window(.init(), window)
            return LatencyAnswer(answer.value.map(EndToEndLatency.init), from: answer.from, to: answer.to)
        }
    }

    /// Removes the samples of all services, of every process; answers how many there were.
    ///
    /// What this process has recorded is stored first, so that it is removed and counted too; other processes store later what waits there.
    @discardableResult
    public func clearMeasurements() async throws(CacheError) -> Int {
        try await flush()
        let removed = try await store.clear()
        state.withLock { $0.book = Self.book(limits) }
        return removed
    }

    /// Removes the samples of a service that were stored up to now, of every process, and those of this one that wait; answers how many.
    ///
    /// They are deleted one by one by their identities, so that no other sample can be hit, whatever is recorded meanwhile.
    @discardableResult
    public func clearMeasurements(_ service: OperationName) async throws(CacheError) -> Int {
        try await flush()
        let ids = try await mirror.read(at: clock.wall) { $0.entries(of: service) }
        return try await store.delete(ids)
    }

    /// Looks at all samples with what this process has recorded so far, unless it cannot be stored at the moment.
    private func read<Value: Sendable>(
        _ trace: CacheTrace?, _ body: @escaping @Sendable (LatencyView) -> Value
    ) async throws(CacheError) -> Value {
        if lane.counts.waiting > 0, !lane.isFailing { try? await flush() }
        let (value, isDamaged) = try await mirror.read(at: clock.wall) { (body($0), $0.isDamaged) }
        trace?.note(store.source)
        if isDamaged { trace?.note(unreadable: KeySchema.latencyMeasurements) }
        return value
    }

    private static func check(_ limit: Int) throws(CacheError) {
        guard listed.contains(limit) else { throw CacheError(.invalidArgument, "Samples and services are listed 1 to 1000 at a time.") }
    }

    private static func window(_ minutes: Int) throws(CacheError) -> Duration {
        guard Self.minutes.contains(minutes) else { throw CacheError(.invalidArgument, "A window has 1 to 43200 minutes.") }
        return .seconds(minutes * 60)
    }
}

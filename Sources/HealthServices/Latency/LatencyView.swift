import CacheServices
import DequeModule
import LoggingServices

/// All kept samples at one moment, and what they say. Pure; the instant comes from outside.
struct LatencyView: Sendable {
    typealias Element = StreamMirror<LatencySample>.Element

    /// Which series count.
    struct Filter: Sendable {
        var service: OperationName?
        var operation: OperationName?

        func takes(_ series: LatencySeries) -> Bool {
            (service == nil || service == series.service) && (operation == nil || operation == series.operation)
        }
    }

    let elements: Deque<Element>
    /// The series by their numbers.
    let names: [LatencySeries]
    /// Whether older samples had to make room.
    let isTrimmed: Bool
    let now: Timestamp

    /// Whether something in the stream could not be read, and was passed by.
    var isDamaged: Bool { elements.contains { $0.item == nil } }

    /// When the oldest sample was measured that is there.
    private var oldest: Timestamp? { elements.lazy.compactMap(\.item).first?.timestamp }

    /// The figures of each series, sorted by service and operation.
    func stats(_ filter: Filter) -> LatencyAnswer<[LatencyStats]> {
        let wanted = names.map(filter.takes)
        var series = [Samples](repeating: Samples(), count: names.count)
        for element in elements {
            guard let sample = element.item, wanted[Int(sample.series)] else { continue }
            series[Int(sample.series)].add(sample)
        }
        var stats: [LatencyStats] = []
        for (number, samples) in series.enumerated() {
            if let statistics = samples.statistics { stats.append(LatencyStats(names[number], statistics)) }
        }
        return whole(stats.sorted { ($0.service, $0.operation) < ($1.service, $1.operation) })
    }

    /// The newest samples, last arrived first.
    func recent(_ filter: Filter, limit: Int) -> LatencyAnswer<[LatencyMeasurement]> {
        let wanted = names.map(filter.takes)
        let samples = elements.reversed().lazy.compactMap(\.item).filter { wanted[Int($0.series)] }
        return whole(samples.prefix(limit).map { $0.measurement(of: names[Int($0.series)]) })
    }

    /// The services with the greatest mean, greatest first.
    func slowest(limit: Int) -> LatencyAnswer<[ServiceLatency]> {
        var places: [OperationName: Int] = [:]
        var services: [(name: OperationName, samples: Samples)] = []
        // The service of each series by its place, so that samples are told apart by number.
        let place = names.map { name in
            if let place = places[name.service] { return place }
            places[name.service] = services.count
            services.append((name.service, Samples()))
            return services.count - 1
        }
        for element in elements {
            if let sample = element.item { services[place[Int(sample.series)]].samples.add(sample) }
        }
        let figures = services.compactMap { service in service.samples.statistics.map { ServiceLatency(service.name, $0) } }
        return whole(Array(figures.sorted { ($1.avgMS, $0.service) < ($0.avgMS, $1.service) }.prefix(limit)))
    }

    /// The figures of samples that were measured within a time before now.
    func window(_ filter: Filter, _ window: Duration) -> LatencyAnswer<SampleStatistics?> {
        let (wanted, start) = (names.map(filter.takes), now - window)
        var samples = Samples()
        for element in elements {
            guard let sample = element.item, wanted[Int(sample.series)] else { continue }
            if sample.timestamp >= start, sample.timestamp <= now { samples.add(sample) }
        }
        return since(start, samples.statistics)
    }

    /// The figures of each interval with samples, oldest first. The first one begins at or before the start of the window, so that it is
    /// as whole as the others.
    func trend(_ filter: Filter, _ window: Duration, interval: Duration) -> LatencyAnswer<[LatencyTrendPoint]> {
        let wanted = names.map(filter.takes)
        let step = max(1, Int64(clamping: Int((interval / .milliseconds(1)).rounded())))
        func bucket(_ instant: Timestamp) -> Int64 {
            let rest = instant.milliseconds % step
            return instant.milliseconds - (rest < 0 ? rest + step : rest)
        }
        let start = bucket(now - window)
        var buckets: [Int64: Samples] = [:]
        for element in elements {
            guard let sample = element.item, wanted[Int(sample.series)] else { continue }
            guard sample.timestamp.milliseconds >= start, sample.timestamp <= now else { continue }
            buckets[bucket(sample.timestamp), default: Samples()].add(sample)
        }
        let points = buckets.sorted { $0.key < $1.key }.compactMap { start, samples in
            samples.statistics.map { LatencyTrendPoint(Timestamp(milliseconds: start), $0) }
        }
        return since(Timestamp(milliseconds: start), points)
    }

    /// The entries of a service.
    func entries(of service: OperationName) -> [StreamID] {
        let wanted = names.map { $0.service == service }
        return elements.filter { $0.item.map { wanted[Int($0.series)] } ?? false }.map(\.id)
    }

    private func whole<Value>(_ value: Value) -> LatencyAnswer<Value> { LatencyAnswer(value, from: oldest, to: now) }

    private func since<Value>(_ start: Timestamp, _ value: Value) -> LatencyAnswer<Value> {
        LatencyAnswer(value, from: isTrimmed ? max(start, oldest ?? start) : start, to: now)
    }

    /// Samples that are stated together.
    private struct Samples {
        var latencies: [Double] = []
        var successes = 0

        mutating func add(_ sample: LatencySample) {
            latencies.append(sample.latencyMS)
            if sample.success { successes += 1 }
        }

        var statistics: SampleStatistics? { SampleStatistics(latencies, successes: successes) }
    }
}

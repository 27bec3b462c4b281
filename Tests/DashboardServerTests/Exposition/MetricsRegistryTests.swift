import CoreMetrics
import Testing

@testable import DashboardServer

@Suite(.timeLimit(.minutes(1)))
struct MetricsRegistryTests {
    private let registry = MetricsRegistry()

    private func family(_ name: String) throws -> MetricFamily { try #require(registry.read().first { $0.name == name }) }

    private func number(_ name: String, _ labels: [(String, String)] = []) throws -> Double {
        let point = try #require(try family(name).points.first { $0.labels == MetricLabels(labels) })
        guard case .number(let number) = point.value else { throw Wrong() }
        return number
    }

    private struct Wrong: Error {}

    @Test func `every kind of swift-metrics is one of Prometheus`() throws {
        Counter(label: "orders", dimensions: [("side", "buy")], factory: registry).increment(by: 3)
        Counter(label: "orders", dimensions: [("side", "buy")], factory: registry).increment()
        let volume = FloatingPointCounter(label: "volume", factory: registry)
        volume.increment(by: 0.25)
        volume.increment(by: 2)
        Gauge(label: "depth", factory: registry).record(4.5)
        let meter = Meter(label: "open", factory: registry)
        meter.set(5)
        meter.increment(by: 2)
        meter.decrement(by: 0.5)
        let timer = Timer(label: "wait", factory: registry)
        timer.recordNanoseconds(300_000)
        timer.recordMilliseconds(40)
        Recorder(label: "size", factory: registry).record(50)

        #expect(try number("orders_total", [("side", "buy")]) == 4)
        #expect(try number("volume_total") == 2.25)
        #expect(try number("depth") == 4.5)
        #expect(try number("open") == 6.5)
        guard case .histogram(let wait)? = try family("wait_seconds").points.first?.value else { throw Wrong() }
        #expect(abs(wait.sum - 0.0403) < 1e-9)
        #expect(wait.cumulativeCounts.last == 2)
        #expect(wait.counts[try #require(wait.bounds.firstIndex(of: 0.0005))] == 1)
        #expect(wait.counts[try #require(wait.bounds.firstIndex(of: 0.05))] == 1)
        #expect(try family("size").kind == .histogram)
    }

    @Test func `a counter never goes down, and no value that is no number gets in`() throws {
        let counter = Counter(label: "a", factory: registry)
        counter.increment(by: 5)
        counter.increment(by: -3)
        let volume = FloatingPointCounter(label: "b", factory: registry)
        volume.increment(by: 1)
        volume.increment(by: Double.nan)
        volume.increment(by: Double.infinity)
        let recorder = Recorder(label: "c", factory: registry)
        recorder.record(Double.nan)
        recorder.record(2)
        let timer = Timer(label: "d", factory: registry)
        timer.recordNanoseconds(-5)
        #expect(try number("a_total") == 5)
        #expect(try number("b_total") == 1)
        guard case .histogram(let sizes)? = try family("c").points.first?.value,
            case .histogram(let times)? = try family("d_seconds").points.first?.value
        else { throw Wrong() }
        #expect(sizes.sum == 2 && sizes.cumulativeCounts.last == 1)
        #expect(times.sum == 0 && times.counts.first == 1)
    }

    @Test func `ten thousand names of one label stay within the bound, and every count is kept`() throws {
        for number in 0..<10_000 {
            Counter(label: "requests", dimensions: [("path", "/p/\(number)")], factory: registry).increment()
        }
        let family = try family("requests_total")
        #expect(family.points.count == MetricFamily.maximumPoints + 1)
        let sum = family.points.reduce(0) { sum, point in
            if case .number(let number) = point.value { sum + number } else { sum }
        }
        #expect(sum == 10_000)
        #expect(try number("requests_total", [("overflow", "true")]) == Double(10_000 - MetricFamily.maximumPoints))
        #expect(try number("usdcop_metrics_overflow_total") == Double(10_000 - MetricFamily.maximumPoints))
    }

    @Test func `ten thousand metrics stay within the bound`() throws {
        for number in 0..<10_000 { Counter(label: "metric_\(number)", factory: registry).increment() }
        #expect(registry.read().count == MetricsRegistry.maximumFamilies + 1)
        #expect(try number("usdcop_metrics_overflow_total") == Double(10_000 - MetricsRegistry.maximumFamilies))
    }

    @Test func `a name has one kind, and no line of one metric looks like another's`() throws {
        Timer(label: "wait", factory: registry).recordNanoseconds(1)
        Gauge(label: "wait_seconds", factory: registry).record(1)
        Gauge(label: "wait_seconds_count", factory: registry).record(1)
        Gauge(label: "other_sum", factory: registry).record(1)
        Recorder(label: "other", factory: registry).record(1)
        #expect(Set(registry.read().map(\.name)) == ["wait_seconds", "other_sum", "usdcop_metrics_overflow_total"])
        #expect(try number("usdcop_metrics_overflow_total") == 3)
    }

    @Test func `what is destroyed is gone`() throws {
        let counter = Counter(label: "a", factory: registry)
        counter.increment()
        Counter(label: "a", dimensions: [("x", "y")], factory: registry).increment()
        counter.destroy()
        #expect(try family("a_total").points.map(\.labels.text) == [#"x="y""#])
    }

    @Test func `additions from many threads all count`() async throws {
        let registry = registry
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    let counter = Counter(label: "a", factory: registry)
                    let volume = FloatingPointCounter(label: "b", factory: registry)
                    let meter = Meter(label: "m", factory: registry)
                    let timer = Timer(label: "t", factory: registry)
                    for _ in 0..<5_000 {
                        counter.increment()
                        volume.increment(by: 0.5)
                        meter.increment()
                        timer.recordNanoseconds(1_000_000_000)
                        meter.decrement()
                    }
                }
            }
        }
        #expect(try number("a_total") == 40_000)
        #expect(try number("b_total") == 20_000)
        #expect(try number("m") == 0)
        guard case .histogram(let times)? = try family("t_seconds").points.first?.value else { throw Wrong() }
        #expect(times.sum == 40_000 && times.cumulativeCounts.last == 40_000)
    }
}

import CoreMetrics
import Synchronization

/// The counters, gauges and histograms of a process by name and labels: the backend of swift-metrics that `GET /metrics` shows.
///
/// Whatever libraries call their metrics becomes names that Prometheus takes. Asking twice for the same series gives the same one, so that
/// a handle costs one look-up; a handle itself costs an atomic addition, or a short lock for a histogram.
///
/// Nothing here grows without bound: a metric has at most ``MetricFamily/maximumPoints`` series, and what is beyond them adds up in one
/// series with the label `overflow="true"`; metrics beyond the bound on their number are not kept. Both are counted in
/// `usdcop_metrics_overflow_total`.
public final class MetricsRegistry: Sendable {
    /// The most metrics that are kept.
    public static let maximumFamilies = 500

    /// One series, as its kind has it.
    enum Cell: Sendable {
        case counter(CounterCell)
        case gauge(GaugeCell)
        case histogram(HistogramCell)

        var value: MetricPoint.Value {
            switch self {
            case .counter(let cell): .number(cell.value)
            case .gauge(let cell): .number(cell.value)
            case .histogram(let cell): .histogram(cell.reading)
            }
        }
    }

    private struct Family {
        let kind: MetricKind
        var cells: [MetricLabels: Cell] = [:]
    }

    private let catalogue: MetricCatalogue
    private let families = Mutex<[String: Family]>([:])
    private let overflow = CounterCell()

    /// An empty registry; the process' own counts from its start.
    public convenience init() { self.init(.standard) }

    init(_ catalogue: MetricCatalogue) { self.catalogue = catalogue }

    /// Makes every library of this process count here.
    ///
    /// For executables, once, before the first metric is made; swift-metrics takes no second one.
    public func bootstrap() { MetricsSystem.bootstrap(self) }

    /// The series of a name with labels: the one that is there, a new one, or the one of the overflow.
    ///
    /// - Returns: `nil` when the name belongs to a metric of another kind, or there are too many metrics.
    func cell(_ name: String, _ kind: MetricKind, _ labels: MetricLabels, make: () -> Cell) -> Cell? {
        families.withLock { families in
            guard families[name].map({ $0.kind == kind }) ?? isFree(name, kind, families) else {
                overflow.increment(by: Int64(1))
                return nil
            }
            if let found = families[name]?.cells[labels] { return found }
            var labels = labels
            if let count = families[name]?.cells.count, count >= MetricFamily.maximumPoints {
                overflow.increment(by: Int64(1))
                labels = .overflow
                if let found = families[name]?.cells[labels] { return found }
            }
            let made = make()
            families[name, default: Family(kind: kind)].cells[labels] = made
            return made
        }
    }

    /// Whether a new metric has room, and its lines could not be taken for those of another: a histogram has three names more.
    private func isFree(_ name: String, _ kind: MetricKind, _ families: [String: Family]) -> Bool {
        guard families.count < Self.maximumFamilies else { return false }
        let ends = ["_bucket", "_sum", "_count"]
        if kind == .histogram, ends.contains(where: { families[name + $0] != nil }) { return false }
        return !ends.contains { name.hasSuffix($0) && families[String(name.dropLast($0.count))]?.kind == .histogram }
    }

    /// Forgets a series; its name goes with the last of them.
    func remove(where isGone: (Cell) -> Bool) {
        families.withLock { families in
            for (name, family) in families {
                guard let labels = family.cells.first(where: { isGone($0.value) })?.key else { continue }
                families[name]?.cells[labels] = nil
                if families[name]?.cells.isEmpty == true { families[name] = nil }
            }
        }
    }

    /// Everything at this moment.
    func read() -> [MetricFamily] {
        let families = families.withLock { $0 }
        let counted = families.map { name, family in
            MetricFamily(
                name: name, help: catalogue.help(for: name), kind: family.kind,
                points: family.cells.map { MetricPoint($0.key, $0.value.value) })
        }
        return counted + [.counter("usdcop_metrics_overflow_total", catalogue.help(for: "usdcop_metrics_overflow_total"), overflow.value)]
    }
}

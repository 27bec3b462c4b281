/// A metric with its series at one moment.
public struct MetricFamily: Sendable, Hashable {
    /// The most series of one metric; see ``MetricsRegistry`` for what becomes of more.
    public static let maximumPoints = 1_000

    /// By the rules of Prometheus; a counter's ends with `_total`.
    public let name: String
    /// One sentence: what is measured.
    public let help: String
    /// What the values are.
    public let kind: MetricKind
    var points: [MetricPoint]

    init(name: String, help: String, kind: MetricKind, points: [MetricPoint]) {
        self.name = name
        self.help = help
        self.kind = kind
        self.points = points
    }

    /// A value that goes up and down, with one series for each point.
    public static func gauge(_ name: String, _ help: String, _ points: [MetricPoint]) -> MetricFamily {
        MetricFamily(name: MetricNaming.metric(name), help: help, kind: .gauge, points: points)
    }

    /// A value that goes up and down.
    public static func gauge(_ name: String, _ help: String, _ value: Double) -> MetricFamily {
        gauge(name, help, [MetricPoint(value)])
    }

    /// A sum that only grows while the process lives, with one series for each point.
    public static func counter(_ name: String, _ help: String, _ points: [MetricPoint]) -> MetricFamily {
        MetricFamily(name: MetricNaming.metric(name, suffix: "_total"), help: help, kind: .counter, points: points)
    }

    /// A sum that only grows while the process lives.
    public static func counter(_ name: String, _ help: String, _ value: Double) -> MetricFamily {
        counter(name, help, [MetricPoint(value)])
    }

    /// Which of several states something is in: 1 for that one, 0 for the others.
    public static func state<State: RawRepresentable<String> & CaseIterable>(
        _ name: String, _ help: String, label: String, _ state: State
    ) -> MetricFamily {
        gauge(name, help, State.allCases.map { MetricPoint($0.rawValue == state.rawValue ? 1 : 0, labels: [(label, $0.rawValue)]) })
    }
}

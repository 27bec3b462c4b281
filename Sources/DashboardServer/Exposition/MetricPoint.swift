/// One series of a metric at one moment.
public struct MetricPoint: Sendable, Hashable {
    enum Value: Sendable, Hashable {
        case number(Double)
        case histogram(HistogramReading)
    }

    let labels: MetricLabels
    let value: Value

    init(_ labels: MetricLabels, _ value: Value) {
        self.labels = labels
        self.value = value
    }

    /// A value with labels; their values must come from a small set.
    public init(_ value: Double, labels: [(String, String)] = []) {
        self.init(MetricLabels(labels), .number(value))
    }
}

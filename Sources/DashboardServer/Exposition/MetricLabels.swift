/// The labels of one series: named by the rules, each once, sorted, with values that are bounded and escaped.
public struct MetricLabels: Sendable, Hashable {
    /// The one label of the series that takes what a metric's bound on series leaves out.
    static let overflow = MetricLabels([("overflow", "true")])

    /// As they stand within the braces of a line: `route="/livez",status="200"`.
    let text: String

    /// Of two labels with the same name, the last counts; an empty value is the same as no label.
    public init(_ labels: [(String, String)] = []) {
        guard !labels.isEmpty else {
            text = ""
            return
        }
        let values = Dictionary(labels.map { (MetricNaming.label($0.0), $0.1) }) { $1 }
        text = values.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }
            .map { "\($0.key)=\"\(MetricNaming.escapedValue($0.value))\"" }.joined(separator: ",")
    }
}

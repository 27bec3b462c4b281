/// The kinds of metric that the exposition has.
public enum MetricKind: String, Sendable, Hashable {
    /// A sum that only grows while the process lives.
    case counter
    /// A value that goes up and down.
    case gauge
    /// How many values lie below each of fixed bounds, their number and their sum.
    case histogram
}

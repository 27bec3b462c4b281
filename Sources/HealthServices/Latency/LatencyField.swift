/// The fields of an entry of the latency stream.
enum LatencyField {
    static let timestamp = "timestamp"
    static let service = "service"
    static let operation = "operation"
    static let latency = "latency_ms"
    static let success = "success"
    /// Only where there is some.
    static let metadata = "metadata"
}

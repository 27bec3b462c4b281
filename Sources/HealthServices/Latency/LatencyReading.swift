public import CacheServices

/// A measurement as somebody hands it in, without its time: the body of a request, or a line of a pipe.
public struct LatencyReading: Sendable, Hashable {
    public let series: LatencySeries
    /// In milliseconds, 0 to 1e9.
    public let latencyMS: Double
    /// True unless it is said not to be.
    public let success: Bool
    /// An open object of at most 4 KB as JSON.
    public let metadata: [String: JSONValue]?

    /// Reads `{"service", "operation", "latency_ms", "success"?, "metadata"?}`.
    ///
    /// - Throws: `ValidationError` with everything that is wrong.
    public init(strict value: JSONValue) throws(ValidationError) {
        var reader = JSONObjectReader(value, mode: .strict)
        let service = reader.operationName("service")
        let operation = reader.operationName("operation")
        let latency = reader.number("latency_ms", LatencyMeasurement.latency)
        let success = reader.value("success", .optional)
        let metadata = reader.value("metadata", .optional)
        if let success, success.truth == nil { reader.report("success", .wrongType, "must be true or false") }
        if let metadata {
            if metadata.members == nil {
                reader.report("metadata", .wrongType, "must be an object")
            } else if JSONWriter.bytes(metadata).count > LatencyMeasurement.longestMetadata {
                reader.report("metadata", .outOfRange, "must be at most \(LatencyMeasurement.longestMetadata) bytes of JSON")
            }
        }
        reader.finish()
        guard reader.problems.isEmpty, let service, let operation, let latency else { throw reader.error }
        series = LatencySeries(service: service, operation: operation)
        latencyMS = latency
        self.success = success?.truth ?? true
        self.metadata = metadata?.members.map { Dictionary($0.map { ($0.name, $0.value) }) { $1 } }
    }
}

extension JSONObjectReader {
    /// Takes the name of a service or an operation.
    fileprivate mutating func operationName(_ name: String) -> OperationName? {
        guard let value = value(name) else { return nil }
        do throws(ValidationError) {
            if let text = value.text { return try OperationName(text) }
            report(name, .wrongType, "must be a text")
        } catch {
            report(name, .malformed, error.problems.first?.sentence ?? "must be a name")
        }
        return nil
    }
}

public import CacheServices

/// How long a service took for one thing (Seed: LatencyMeasurement).
public struct LatencyMeasurement: Sendable, Hashable {
    package static let latency = NumberRule.range(0...1e9)
    /// Bytes of metadata as JSON that are kept.
    package static let longestMetadata = 4096

    /// When it was measured, by the clock of the machine that did.
    public let timestamp: Timestamp
    /// Who did it.
    public let service: OperationName
    /// What was done.
    public let operation: OperationName
    /// How long it took in milliseconds: 0 to 1e9.
    public let latencyMS: Double
    /// Whether it did what it was for.
    public let success: Bool
    /// What its caller added, an open object; `nil` when there is nothing.
    public let metadata: [String: JSONValue]?

    /// Pairs checked values; ``LatencyMonitor`` makes them.
    init(timestamp: Timestamp, series: LatencySeries, latencyMS: Double, success: Bool, metadata: [String: JSONValue]?) {
        self.timestamp = timestamp
        service = series.service
        operation = series.operation
        self.latencyMS = latencyMS
        self.success = success
        self.metadata = metadata
    }

    var series: LatencySeries { LatencySeries(service: service, operation: operation) }

    /// The same under another series; its own names stay with it, in the metadata.
    func moved(to other: LatencySeries) -> LatencyMeasurement {
        guard other != series else { return self }
        var metadata = metadata ?? [:]
        metadata[other.service.rawValue] = ["operation": .string(operation.rawValue), "service": .string(service.rawValue)]
        return LatencyMeasurement(timestamp: timestamp, series: other, latencyMS: latencyMS, success: success, metadata: metadata)
    }

    /// The measurement as it goes over the wire; `metadata` only where there is some.
    public var jsonValue: JSONValue {
        var members = [JSONValue.Member("latency_ms", .finite(latencyMS))]
        if let metadata { members.append(.init("metadata", .object(metadata.map { .init($0.key, $0.value) }))) }
        return .object(
            members + [
                .init("operation", .string(operation.rawValue)), .init("service", .string(service.rawValue)),
                .init("success", .bool(success)), .init("timestamp", .string(timestamp.iso8601)),
            ])
    }
}

public import CacheServices

/// One operation that ended, and how long it took.
public struct PerformanceLogEntry: Sendable, Hashable {
    static let duration = NumberRule.range(0...1e9)

    /// What was done.
    public let operation: OperationName
    /// How long it took in milliseconds, by a clock that never jumps: 0 to 1e9.
    public let durationMS: Double
    /// When it ended, by the clock of the machine that did it.
    public let timestamp: Timestamp
    /// Whether it did what it was for.
    public let success: Bool
    /// What its caller added, an open object; `nil` when there is nothing.
    public let metadata: [String: JSONValue]?

    /// Pairs checked values; ``PerformanceLogger`` makes them.
    init(operation: OperationName, durationMS: Double, timestamp: Timestamp, success: Bool, metadata: [String: JSONValue]?) {
        self.operation = operation
        self.durationMS = durationMS
        self.timestamp = timestamp
        self.success = success
        self.metadata = metadata
    }

    /// The entry as it goes over the wire; `metadata` only where there is some.
    public var jsonValue: JSONValue {
        var members = [JSONValue.Member("duration_ms", .finite(durationMS))]
        if let metadata { members.append(.init("metadata", .object(metadata.map { .init($0.key, $0.value) }))) }
        return .object(
            members + [
                .init("operation", .string(operation.rawValue)), .init("success", .bool(success)),
                .init("timestamp", .string(timestamp.iso8601)),
            ])
    }
}

public import CacheServices

/// An answer of the latency monitor, and the span of time that it covers.
///
/// The stream keeps the newest samples only: under load they may reach back less far than was asked for, and the span says so.
public struct LatencyAnswer<Value: Sendable>: Sendable {
    /// What was asked for.
    public let value: Value
    /// Samples from this instant on are all in the answer; `nil` when there are no samples at all and nothing bounded the question.
    public let from: Timestamp?
    /// The instant at which the answer was true.
    public let to: Timestamp

    init(_ value: Value, from: Timestamp?, to: Timestamp) {
        self.value = value
        self.from = from
        self.to = to
    }

    /// The span, and before it what the value is on the wire.
    public func jsonValue(_ members: (Value) -> [JSONValue.Member]) -> JSONValue {
        .object(
            members(value) + [
                .init("from", from.map { .string($0.iso8601) } ?? .null), .init("to", .string(to.iso8601)),
            ])
    }
}

extension LatencyAnswer: Equatable where Value: Equatable {}

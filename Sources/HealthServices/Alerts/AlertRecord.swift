public import CacheServices

/// An alert and what became of it.
public struct AlertRecord: Sendable, Hashable {
    public let alert: Alert
    /// Where the alert is in the stream.
    public let streamID: StreamID
    /// In the order in which they were recorded; none while nothing was decided.
    public let deliveries: [AlertDelivery]

    /// The alert as it goes over the wire, with its `stream_id` and its `deliveries`.
    public var jsonValue: JSONValue {
        let own = (alert.jsonValue.members ?? []).filter { $0.name != "stream_id" && $0.name != "deliveries" }
        return .object(
            own + [.init("deliveries", .array(deliveries.map(\.jsonValue))), .init("stream_id", .string("\(streamID)"))])
    }
}

/// One change of the cache, as the change stream carries it to every process.
public struct ChangeEvent: Sendable, Hashable {
    /// What live pages subscribe to.
    public enum Topic: String, Sendable, CaseIterable {
        case signals, positions, metrics
        /// Of watched services; nothing that a cache holds.
        case health
    }

    public let topic: Topic
    /// What happened: `set-latest`, `add-to-history` or `set-and-add` of signals, `set`, `closed`, `deleted`, `cleared`; `checked`,
    /// `registered` or `unregistered` of services.
    public let event: String
    /// The key that changed, without the namespace.
    public let key: String
    /// The new value as JSON; empty where there is none any more.
    public let value: [UInt8]

    public init(topic: Topic, event: String, key: String, value: [UInt8]) {
        self.topic = topic
        self.event = event
        self.key = key
        self.value = value
    }

    /// Reads an entry of the change stream; `nil` when it has another shape.
    public init?(_ entry: StreamEntry) {
        guard let topic = entry["topic"].flatMap({ Topic(rawValue: String(decoding: $0, as: UTF8.self)) }),
            let event = entry["event"], let key = entry["key"]
        else { return nil }
        self.init(
            topic: topic, event: String(decoding: event, as: UTF8.self), key: String(decoding: key, as: UTF8.self),
            value: entry["value"] ?? [])
    }

    /// The fields of the stream entry, in order.
    var fields: [StreamEntry.Field] {
        [
            .init("topic", topic.rawValue), .init("event", event), .init("key", key), .init("value", value),
        ]
    }
}

import CacheServices
import LoggingServices

extension StreamMessage {
    /// The message of a stream's entry, without a place; nil for an entry that nobody of ours wrote, or of a topic that is not wanted.
    init?(_ entry: StreamEntry, of source: StreamSource, wanted topics: StreamTopics = .all) {
        switch source {
        case .changes:
            guard let change = ChangeEvent(entry) else { return nil }
            self.init(change, wanted: topics)
        case .audit:
            guard topics.contains(.audit), let stored = AuditTrailEntry(entry) else { return nil }
            self.init(.audit, event: "appended", key: KeySchema.auditEvents, value: stored.jsonValue)
        }
    }

    /// The message of a change, without a place.
    init?(_ change: ChangeEvent, wanted topics: StreamTopics = .all) {
        guard let topic = StreamTopic(rawValue: change.topic.rawValue), topics.contains(topic) else { return nil }
        var value = JSONValue.null
        if !change.value.isEmpty {
            // What another program wrote into the stream must not break the lines of everybody.
            guard let parsed = try? JSONParser.parse(change.value, duplicateKeys: .lastWins) else { return nil }
            value = Self.shown(parsed, of: change)
        }
        self.init(topic, event: change.event, key: change.key, value: value)
    }

    /// A custom metric has its name beside it, as its route shows it.
    private static func shown(_ value: JSONValue, of change: ChangeEvent) -> JSONValue {
        guard change.topic == .metrics, change.key.hasPrefix(KeySchema.metricsCustomPrefix) else { return value }
        return ["name": .string(String(change.key.dropFirst(KeySchema.metricsCustomPrefix.count))), "value": value]
    }
}

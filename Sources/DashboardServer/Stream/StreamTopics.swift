/// Some of the topics.
struct StreamTopics: OptionSet, Sendable, Hashable {
    let rawValue: UInt8

    init(rawValue: UInt8) { self.rawValue = rawValue }

    init(_ topics: some Sequence<StreamTopic>) {
        rawValue = topics.reduce(0) { $0 | Self.bit($1) }
    }

    static let all = StreamTopics(StreamTopic.allCases)

    func contains(_ topic: StreamTopic) -> Bool { rawValue & Self.bit(topic) != 0 }

    /// The streams that hold something of them.
    var sources: [StreamSource] {
        StreamSource.allCases.filter { source in StreamTopic.allCases.contains { $0.source == source && contains($0) } }
    }

    private static func bit(_ topic: StreamTopic) -> UInt8 {
        switch topic {
        case .signals: 1
        case .positions: 2
        case .metrics: 4
        case .audit: 8
        case .health: 16
        case .latency: 32
        case .backend: 64
        }
    }
}

/// What a client of the stream can ask for.
enum StreamTopic: String, Sendable, CaseIterable {
    case signals, positions, metrics, audit, health, latency, backend

    /// The stream whose entries it shows; nil for what is computed when somebody looks.
    var source: StreamSource? {
        switch self {
        case .signals, .positions, .metrics, .health: .changes
        case .audit: .audit
        case .latency, .backend: nil
        }
    }

    static let names = allCases.map(\.rawValue).joined(separator: ", ")
}

/// One of the two streams that are followed.
enum StreamSource: String, Sendable, CaseIterable {
    /// What the caches and the monitor of services changed.
    case changes
    /// The audit trail.
    case audit
}

import Synchronization

/// Collects where the answers of several cache calls came from, for callers that must say so (HTTP headers, banners).
public final class CacheTrace: Sendable {
    private let collected = Mutex<CacheSource?>(nil)
    private let damaged = Mutex<[String]>([])

    public init() {}

    /// Keys with values that could not be read and were passed by.
    public var unreadableKeys: [String] { damaged.withLock { $0 } }

    /// The most doubtful source so far; `nil` before the first answer.
    public var source: CacheSource? { collected.withLock { $0 } }

    package func note(unreadable key: String) {
        damaged.withLock { if !$0.contains(key) { $0.append(key) } }
    }

    package func note(_ source: CacheSource) {
        collected.withLock { $0 = $0?.merged(with: source) ?? source }
    }
}

import CacheServices

/// The server's clock as this process follows it: asked once, then counted by a clock that never jumps.
struct ServerTime: Sendable {
    private let asked: Timestamp
    private let since: ContinuousClock.Instant

    init(_ asked: Timestamp, since: ContinuousClock.Instant = .now) {
        self.asked = asked
        self.since = since
    }

    var now: Timestamp { asked + since.duration(to: .now) }
}

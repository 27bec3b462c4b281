/// The two clocks of an in-memory cache: one for lifetimes, one for timestamps. Tests inject their own.
public struct CacheClock: Sendable {
    /// Never jumps; lifetimes are measured with it.
    public let monotonic: @Sendable () -> ContinuousClock.Instant
    /// The time of day; timestamps are compared with it.
    public let wall: @Sendable () -> Timestamp

    public init(monotonic: @escaping @Sendable () -> ContinuousClock.Instant, wall: @escaping @Sendable () -> Timestamp) {
        self.monotonic = monotonic
        self.wall = wall
    }

    /// The machine's clocks.
    public static let system = CacheClock(monotonic: { .now }, wall: { .now })
}

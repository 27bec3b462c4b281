/// Lets a record through now and then, so that what happens a thousand times a second fills no log. Pure; the instant comes from outside.
package struct LogAllowance: Sendable {
    private let interval: Duration
    private var last: ContinuousClock.Instant?
    private var heldBack = 0

    /// - Parameter interval: the shortest time between two records.
    package init(every interval: Duration) {
        self.interval = interval
    }

    /// Whether one may be written now.
    package func isDue(at instant: ContinuousClock.Instant) -> Bool {
        last.map { $0.duration(to: instant) >= interval } ?? true
    }

    /// How many records were held back since the last one, if one may be written now; else `nil`, and this one is held back too.
    package mutating func take(at instant: ContinuousClock.Instant) -> Int? {
        guard isDue(at: instant) else {
            heldBack += 1
            return nil
        }
        defer { heldBack = 0 }
        last = instant
        return heldBack
    }
}

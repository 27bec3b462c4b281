/// Decides when the next checkpoint is due, and how long to wait for it: seldom enough to cost nothing, often enough that the cap does
/// not overtake the signer at 20,000 events a second.
struct SigningClock {
    enum Step: Sendable, Hashable {
        case sign
        case awaitEvents
        case sleep(Duration)
    }

    private static let shortest = Duration.milliseconds(20)
    private static let longest = Duration.milliseconds(200)

    private let events: Int
    private let interval: Duration
    private var pendingSince: ContinuousClock.Instant?
    private var seen: (pending: Int, at: ContinuousClock.Instant)?

    init(settings: AuditSettings) {
        events = max(1, settings.checkpointEvents)
        interval = settings.checkpointInterval
    }

    mutating func next(pending: Int, at now: ContinuousClock.Instant) -> Step {
        guard pending > 0 else {
            signed(at: now)
            return .awaitEvents
        }
        let since = pendingSince ?? now
        pendingSince = since
        let left = interval - since.duration(to: now)
        guard left > .zero, pending < events else { return .sign }
        defer { seen = (pending, now) }
        return .sleep(min(left, pause(pending, now)))
    }

    mutating func signed(at now: ContinuousClock.Instant) {
        pendingSince = nil
        seen = (0, now)
    }

    /// Half of the time that the missing events take at the present rate.
    private func pause(_ pending: Int, _ now: ContinuousClock.Instant) -> Duration {
        guard let seen, pending > seen.pending, case let elapsed = seen.at.duration(to: now), elapsed > .zero else { return Self.longest }
        let forMissing = elapsed * (Double(events - pending) / Double(pending - seen.pending))
        return min(Self.longest, max(Self.shortest, forMissing / 2))
    }
}

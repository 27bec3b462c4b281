import CacheServices

/// When each service is to be checked. Pure; the instant comes from outside.
struct CheckSchedule: Sendable {
    private var next: [OperationName: ContinuousClock.Instant] = [:]

    /// Says when a service is due that somebody else has checked before.
    mutating func expect(_ service: OperationName, at instant: ContinuousClock.Instant) { next[service] = instant }

    /// Starts from the beginning: everything is due.
    mutating func reset() { next = [:] }

    /// The services that are due now; each is due again an interval later. Those that are new are due at once, those that are gone are
    /// forgotten. What was missed meanwhile is not made up for.
    ///
    /// - Returns: the due ones, and when to ask again.
    mutating func take(
        _ services: [OperationName: Duration], at now: ContinuousClock.Instant
    ) -> (due: [OperationName], next: ContinuousClock.Instant?) {
        next = next.filter { services[$0.key] != nil }
        var due: [OperationName] = []
        for (service, interval) in services {
            // An interval that became shorter counts from now on.
            let at = min(next[service] ?? now, now + interval)
            next[service] = at
            guard at <= now else { continue }
            due.append(service)
            next[service] = at + interval > now ? at + interval : now + interval
        }
        return (due.sorted(), next.values.min())
    }
}

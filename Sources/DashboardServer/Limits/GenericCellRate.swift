/// The generic cell rate algorithm (ITU-T I.371): one number says how much of a burst is used up. Pure; times are microseconds of a
/// clock that does not jump.
struct GenericCellRate: Sendable, Hashable {
    /// When the burst will be whole again, if nothing more comes.
    private(set) var arrival = 0.0

    /// How many requests may come now.
    func free(_ limit: RateLimit, at now: Int) -> Int {
        let used = max(0, arrival - Double(now)) / limit.interval
        // A rounding error of a millionth must not cost a request.
        return max(0, min(limit.burst, Int((Double(limit.burst) - used + 1e-6).rounded(.down))))
    }

    /// Takes one request, if it may come.
    mutating func take(_ limit: RateLimit, at now: Int) -> Bool {
        guard free(limit, at: now) > 0 else { return false }
        arrival = max(arrival, Double(now)) + limit.interval
        return true
    }

    /// How many requests of the burst are used up; a part of one counts as one.
    func used(_ limit: RateLimit, at now: Int) -> Int { limit.burst - free(limit, at: now) }

    /// Takes requests back that were taken before.
    mutating func putBack(_ count: Int, _ limit: RateLimit) { arrival -= Double(count) * limit.interval }

    /// Microseconds until one more may come; 0 when it may now.
    func wait(_ limit: RateLimit, at now: Int) -> Int {
        max(0, Int((arrival + limit.interval - Double(limit.burst) * limit.interval - Double(now)).rounded(.up)))
    }
}

/// What one process knows of one client: the lease that it spends from, and a limit of its own. Pure; times are microseconds.
///
/// A lease is a number of requests that were already counted in Redis. Most requests only take one off it; when it runs low the next
/// one is asked for while requests go on. What a lease has left when it expires is given back with the next question, and what was counted
/// by this process alone while Redis was away is counted there afterwards.
struct RateLimitAccount: Sendable, Hashable {
    /// A question to Redis.
    struct Order: Sendable, Hashable {
        /// Requests that are asked for.
        let asked: Int
        /// How many of them are made at once, because somebody waits for them, and need no place in a lease.
        let immediate: Int
        /// Requests of the present lease that may still be made.
        let held: Int
        /// Requests of an expired lease that were not and will not be made.
        let returned: Int
        /// Requests that were made without asking.
        let spent: Int
        /// When it was asked.
        let time: Int
    }

    /// What Redis says.
    struct Grant: Sendable, Hashable {
        let granted: Int
        /// Requests that nobody has asked for yet.
        let remaining: Int
        /// Microseconds until it is worth asking again, when not everything was granted.
        let wait: Int
    }

    enum Step: Sendable, Hashable {
        /// It is decided; perhaps more is asked for meanwhile.
        case settled(RateLimitStanding, Order?)
        /// Redis has to be asked, or was asked already: the answer decides.
        case wait(Order?)
    }

    /// How long a lease lasts here.
    static let lifetime = 10_000_000
    /// How long it keeps its place in Redis: longer, so that what is left of it can be given back. Later there is nothing to give back, because
    /// the place was given up.
    static let reservation = 15_000_000

    private var own = GenericCellRate()
    /// The part of it that Redis does not know of.
    private var alone = GenericCellRate()
    private var units = 0
    private var expiry = 0
    private var unreturned = 0
    /// How much is asked for at a time: more for who makes many requests.
    private var size: Int
    private var lastOrder: Int?
    /// What Redis had left when it was last asked.
    private var shared = 0
    private var emptyUntil = 0
    /// Until when this process counts the client by itself, because something else stands under the client's key.
    private var aloneUntil = 0
    private var isKeyForeign = false
    private(set) var isAsking = false
    /// Whether it was used since somebody looked for an account to forget.
    var isRecent = true

    init(_ limit: RateLimit) { size = min(4, Self.maximumLease(limit)) }

    /// The largest lease: a twentieth of the burst, at most 200.
    static func maximumLease(_ limit: RateLimit) -> Int { max(1, min(200, limit.burst / 20)) }

    /// Counts a request by this process' own limit alone.
    mutating func stepAlone(_ limit: RateLimit, at now: Int) -> RateLimitStanding {
        guard own.take(limit, at: now) else { return .refused(wait: own.wait(limit, at: now)) }
        _ = alone.take(limit, at: now)
        return .allowed(remaining: own.free(limit, at: now), limit)
    }

    /// Counts a request by the limit that all processes share.
    ///
    /// - Parameter waiting: how many requests wait to be counted, this one among them.
    mutating func step(_ limit: RateLimit, at now: Int, waiting: Int = 1) -> Step {
        if now < aloneUntil { return .settled(stepAlone(limit, at: now), nil) }
        expire(at: now)
        guard units > 0 else {
            if isAsking { return .wait(nil) }
            if now < emptyUntil { return .settled(.refused(wait: emptyUntil - now), nil) }
            return .wait(order(immediate: waiting, limit, at: now))
        }
        // The limit of this process alone holds, too, so that it holds across the moments in which Redis goes away or comes back.
        guard own.take(limit, at: now) else { return .settled(.refused(wait: own.wait(limit, at: now)), nil) }
        units -= 1
        let standing = RateLimitStanding.allowed(remaining: units + shared, limit)
        let isLow = size > 1 && units <= size / 4 && !isAsking && now >= emptyUntil
        return .settled(standing, isLow ? order(immediate: max(0, waiting - 1 - units), limit, at: now) : nil)
    }

    /// A question that asks for nothing, to find out whether Redis is back.
    mutating func probe(_ limit: RateLimit, at now: Int) -> Order {
        expire(at: now)
        isAsking = true
        defer { unreturned = 0 }
        return Order(asked: 0, immediate: 0, held: units, returned: unreturned, spent: alone.used(limit, at: now), time: now)
    }

    /// Takes an answer.
    mutating func take(_ grant: Grant, for order: Order, _ limit: RateLimit, at now: Int) {
        (isAsking, isKeyForeign) = (false, false)
        alone.putBack(order.spent, limit)
        shared = grant.remaining
        guard order.asked > 0 else { return }
        // What somebody waits for has no place in Redis, and must not lie about if this process' own limit does not let it through.
        let immediate = min(grant.granted, order.immediate)
        units += grant.granted - immediate + min(immediate, own.free(limit, at: now))
        // From before the question was sent: never longer than Redis counts it.
        expiry = order.time + Self.lifetime
        emptyUntil = grant.granted < order.asked ? now + max(grant.wait, 1) : 0
    }

    /// There was no answer. What was given back with the question may have arrived, and is not given back twice; what was spent is said again,
    /// because a limit may rather be too low.
    mutating func takeFailure() { isAsking = false }

    /// Something else stands under the client's key.
    ///
    /// - Parameter instant: until when this process counts the client by itself.
    /// - Returns: whether that is new.
    mutating func takeForeignKey(aloneUntil instant: Int) -> Bool {
        defer { isKeyForeign = true }
        (isAsking, aloneUntil) = (false, instant)
        return !isKeyForeign
    }

    private mutating func expire(at now: Int) {
        guard units > 0, now >= expiry else { return }
        unreturned += units
        units = 0
    }

    private mutating func order(immediate: Int, _ limit: RateLimit, at now: Int) -> Order {
        if let lastOrder {
            let age = now - lastOrder
            if age < 500_000 { size = min(size * 2, Self.maximumLease(limit)) }
            if age > 5_000_000 { size = max(size / 2, min(4, Self.maximumLease(limit))) }
        }
        lastOrder = now
        isAsking = true
        defer { unreturned = 0 }
        let lease = max(size - units - (immediate > 0 ? 1 : 0), 0)
        return Order(
            asked: min(max(immediate + lease, 1), limit.burst), immediate: immediate, held: units, returned: unreturned,
            spent: alone.used(limit, at: now), time: now)
    }
}

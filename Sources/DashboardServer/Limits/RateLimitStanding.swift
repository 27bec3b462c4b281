import HTTPTypes

/// Where a client stands after a request was counted.
struct RateLimitStanding: Sendable, Hashable {
    let isAllowed: Bool
    /// Requests that may come now, as far as this process knows.
    let remaining: Int
    /// Seconds: of somebody who is refused until a request is allowed again, else until the whole burst is.
    let seconds: Int

    /// `RateLimit` (draft-ietf-httpapi-ratelimit-headers).
    var header: HTTPField {
        // Added up: an interpolation takes several times as long, and every answer has this.
        HTTPField(name: .rateLimit, value: Self.prefix + String(remaining) + ";t=" + String(seconds))
    }

    private static let prefix = "\"\(RateLimit.policyName)\";r="

    /// Allowed, with this many left.
    static func allowed(remaining: Int, _ limit: RateLimit) -> RateLimitStanding {
        let remaining = max(0, min(remaining, limit.burst))
        let seconds = Int((Double(limit.burst - remaining) * limit.interval / 1e6).rounded(.up))
        return RateLimitStanding(isAllowed: true, remaining: remaining, seconds: seconds)
    }

    /// Refused for so many microseconds.
    static func refused(wait: Int) -> RateLimitStanding {
        RateLimitStanding(isAllowed: false, remaining: 0, seconds: max(1, (wait + 999_999) / 1_000_000))
    }
}

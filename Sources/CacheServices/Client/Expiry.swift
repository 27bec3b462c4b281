/// How long a stored value lives.
public enum Expiry: Sendable, Hashable {
    /// Until this time has passed; at least a millisecond, at most ten years.
    case after(Duration)
    /// Until it is deleted.
    case never

    /// The default of the cache, 300 seconds.
    public static let standard = Expiry.after(CacheRules.defaultLifetime)

    /// Milliseconds, or `nil` for never.
    ///
    /// - Throws: ``CacheError`` with `invalidExpiry`: zero and negative times are errors, never a default.
    func milliseconds() throws(CacheError) -> Int64? {
        switch self {
        case .never: return nil
        case .after(let duration):
            guard duration >= .milliseconds(1), duration <= .seconds(10 * 365 * 86_400) else {
                throw CacheError(.invalidExpiry, "A lifetime is 1 millisecond to 10 years; nothing was written.")
            }
            return duration.wholeMilliseconds
        }
    }
}

extension Duration {
    /// Rounded down; clamped where `Int64` ends.
    var wholeMilliseconds: Int64 {
        let (seconds, overflow) = components.seconds.multipliedReportingOverflow(by: 1000)
        return overflow ? (components.seconds < 0 ? .min : .max) : seconds &+ components.attoseconds / 1_000_000_000_000_000
    }
}

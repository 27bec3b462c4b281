/// What is left of a key's life.
public enum TimeToLive: Sendable, Hashable {
    /// There is no such key.
    case missing
    /// The key has no expiry.
    case never
    /// The time until it expires.
    case remaining(Duration)
}

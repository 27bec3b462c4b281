public import Hiredis

/// The state of a cache client at one moment.
public struct CacheStatus: Sendable {
    /// Where calls go at the moment.
    public enum Mode: String, Sendable, CaseIterable {
        /// Redis answers.
        case redis
        /// Redis is away, or never was wanted; memory answers.
        case memory
        /// Redis is back and takes what was written meanwhile; memory still answers.
        case replaying
    }

    public var mode: Mode
    /// When the mode was entered.
    public var since: Timestamp
    /// Why Redis does not answer; `nil` while it does.
    public var reason: String?
    /// Writes of the outage that are not in Redis yet.
    public var pendingWrites: Int
    /// Writes of past outages that lost against a value that had changed in Redis meanwhile.
    public var conflicts: Int
    /// The connection; `nil` for a client without Redis.
    public var redis: RedisStatus?

    public init(
        mode: Mode, since: Timestamp, reason: String? = nil, pendingWrites: Int = 0, conflicts: Int = 0, redis: RedisStatus? = nil
    ) {
        self.mode = mode
        self.since = since
        self.reason = reason
        self.pendingWrites = pendingWrites
        self.conflicts = conflicts
        self.redis = redis
    }
}

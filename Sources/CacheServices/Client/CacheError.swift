public import Hiredis

/// Why a cache call did not do what was asked, and what is known about its effect.
///
/// Values never appear in a message; ``key`` names the key, relative to the namespace, where one is to blame.
public struct CacheError: Error, Sendable {
    public enum Code: String, Sendable, CaseIterable {
        /// The key is empty, too long, or has control characters.
        case invalidKey
        /// The key belongs to a family that cache clients do not touch.
        case reservedKey
        /// The lifetime is not positive, or too long.
        case invalidExpiry
        /// Another argument is out of its range.
        case invalidArgument
        /// The signal's time is more than five minutes ahead of the clock.
        case futureTimestamp
        /// Redis is away and this call cannot be answered from memory. Nothing was recorded.
        case unavailable
        /// The command was sent and not answered: it may or may not have taken effect.
        case outcomeUnknown
        /// Redis is up and refuses: out of memory, read-only, persistence failing, or no permission. Nothing was recorded.
        case refused
        /// A value under our key has another type, or cannot be read. It was left as it is.
        case dataConflict
        /// Too many unreplayed writes, or no room in memory. Nothing was recorded.
        case overCapacity
        /// Other writers kept changing the value. Nothing was recorded.
        case contention
        /// The task was cancelled.
        case cancelled
    }

    public let code: Code
    /// One sentence: what happened and what was not done.
    public let message: String
    /// The key to blame, without the namespace.
    public let key: String?
    /// What the Redis engine said.
    public let underlying: RedisError?

    public init(_ code: Code, _ message: String, key: String? = nil, underlying: RedisError? = nil) {
        self.code = code
        self.message = message
        self.key = key
        self.underlying = underlying
    }

    /// What an error of the engine means to a cache.
    package init(_ error: RedisError, key: String? = nil) {
        switch (error.code, error.outcome) {
        case (.cancelled, _):
            self.init(.cancelled, "The task was cancelled.", underlying: error)
        case (.server, _):
            self.init(server: error, key: key)
        case (.unexpectedReply, _):
            self.init(.dataConflict, "Redis gave an answer that this step cannot have.", key: key, underlying: error)
        case (_, .unknown):
            self.init(.outcomeUnknown, "Redis did not answer; whether the step took effect is unknown.", key: key, underlying: error)
        default:
            self.init(.unavailable, "Redis is away; nothing was recorded.", key: key, underlying: error)
        }
    }

    private init(server error: RedisError, key: String?) {
        switch error.server?.kind {
        case .wrongType?:
            self.init(.dataConflict, "The key holds a value of another type; it was left as it is.", key: key, underlying: error)
        case .loading?, .masterDown?, .clusterDown?, .tryAgain?, .busy?, .tooManyClients?:
            self.init(.unavailable, "Redis cannot serve at the moment; nothing was recorded.", key: key, underlying: error)
        case .other? where error.server?.code == "FUTURE":
            self.init(
                .futureTimestamp, "The timestamp is more than 5 minutes in the future; nothing was written.", key: key, underlying: error)
        default:
            self.init(.refused, "Redis refuses the step; nothing was recorded.", key: key, underlying: error)
        }
    }

    /// Whether Redis is away, as opposed to up and refusing.
    package var meansAway: Bool { underlying?.meansAway ?? false }
}

extension CacheError: CustomStringConvertible {
    public var description: String {
        let answer = underlying?.server.map { " [\($0.code)]" } ?? ""
        return key.map { "\(message) Key: \($0).\(answer)" } ?? message + answer
    }
}

extension CacheError {
    /// A reply of a kind that the step never gives.
    package static func unexpectedReply(_ key: String? = nil) -> CacheError {
        CacheError(.dataConflict, "Redis gave an answer that this step cannot have.", key: key, underlying: .unexpected)
    }
}

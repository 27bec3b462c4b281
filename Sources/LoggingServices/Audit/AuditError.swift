public import CacheServices

/// Why the trail did not do what was asked, and what is known about the effect.
public struct AuditError: Error, Sendable {
    public enum Code: String, Sendable, CaseIterable {
        /// Redis did not take the event and there is no journal that could. Nothing was recorded.
        case notRecorded
        /// Redis did not answer and there is no journal: the event may or may not be in the trail.
        case outcomeUnknown
        /// The same idempotency key came with another request. Nothing was recorded.
        case idempotencyConflict
        /// The entry would have more than 16 KB. Nothing was recorded.
        case tooLarge
        /// The signal of an audited publish, or an argument, is not allowed. Nothing was recorded.
        case invalid
        /// A setting of this process stands in the way. Nothing was recorded.
        case misconfigured
        /// Too many events wait. Nothing was recorded.
        case overCapacity
        /// The trail cannot be read or written at the moment.
        case unavailable
        /// A key of the trail holds another type, or something that cannot be read.
        case dataConflict
        /// Events were trimmed while an export was to read them: what came is not everything.
        case incomplete
        /// A file of the state directory cannot be read or written.
        case file
        /// The trail is not running, or has ended.
        case stopped
    }

    public let code: Code
    /// One sentence: what happened and what was not done.
    public let message: String
    /// What the cache below said, where it did.
    public let underlying: CacheError?

    public init(_ code: Code, _ message: String, underlying: CacheError? = nil) {
        self.code = code
        self.message = message
        self.underlying = underlying
    }
}

extension AuditError: CustomStringConvertible {
    public var description: String { message }
}

extension ICacheClient {
    /// Puts a value at the front of a list, and in the same step caps the list and sets its expiry. One round trip.
    ///
    /// - Parameters:
    ///   - maximumLength: what goes beyond it falls off the end; `nil` for no cap.
    ///   - expiry: the whole list's lifetime from now; `nil` leaves it as it is.
    /// - Returns: the length afterwards.
    /// - Throws: ``CacheError``; `dataConflict` when the key is no list.
    @discardableResult
    public func lpush(
        _ key: String, _ value: [UInt8], maximumLength: Int? = nil, expiry: Expiry? = .standard
    ) async throws(CacheError) -> Int {
        try KeySchema.check(key)
        guard maximumLength ?? 1 >= 1 else {
            throw CacheError(.invalidArgument, "A list is capped at 1 or more; nothing was written.", key: key)
        }
        let lifetime: ListLifetime
        switch expiry {
        case nil: lifetime = .unchanged
        case let expiry?: lifetime = try expiry.milliseconds().map(ListLifetime.milliseconds) ?? .never
        }
        return try await perform(.push(key, value, maximumLength: maximumLength, lifetime: lifetime)).value
    }

    /// The elements from `start` to `end`, both included; negative indexes count from the end, as in Redis. One round trip (LRANGE).
    public func lrange(_ key: String, _ start: Int, _ end: Int) async throws(CacheError) -> [[UInt8]] {
        try KeySchema.check(key)
        return try await perform(.range(key, start, end, lifetime: nil)).value
    }

    /// The length of a list; 0 when there is none. One round trip (LLEN).
    public func llen(_ key: String) async throws(CacheError) -> Int {
        try KeySchema.check(key)
        return try await perform(.length(key)).value
    }
}

/// What a push does to the lifetime of its list.
enum ListLifetime: Sendable {
    case unchanged
    case never
    case milliseconds(Int64)

    var argument: String {
        switch self {
        case .unchanged: "unchanged"
        case .never: "never"
        case .milliseconds(let milliseconds): String(milliseconds)
        }
    }
}

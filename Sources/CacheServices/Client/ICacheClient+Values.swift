extension ICacheClient {
    /// The value of a key; `nil` when there is none. One round trip (GET).
    ///
    /// - Throws: ``CacheError``; `dataConflict` when the key is no string.
    public func get(_ key: String) async throws(CacheError) -> [UInt8]? {
        try KeySchema.check(key)
        return try await perform(.get(key)).value
    }

    /// The values of several keys at one moment, in their order. One round trip (MGET); a key of another type counts as missing.
    public func get(_ keys: [String]) async throws(CacheError) -> [[UInt8]?] {
        guard !keys.isEmpty else { return [] }
        for key in keys { try KeySchema.check(key) }
        return try await perform(.get(keys)).value
    }

    /// Stores a value, replacing whatever string was there. One round trip (SET).
    ///
    /// - Parameter expiry: 300 seconds unless given; zero and negative times are errors.
    public func set(_ key: String, _ value: [UInt8], expiry: Expiry = .standard) async throws(CacheError) {
        try KeySchema.check(key)
        _ = try await perform(.set(key, value, milliseconds: expiry.milliseconds()))
    }

    /// Removes a key; answers whether it was there. One round trip (UNLINK).
    @discardableResult
    public func delete(_ key: String) async throws(CacheError) -> Bool {
        try KeySchema.check(key)
        return try await perform(.delete(key)).value
    }

    /// Whether a key exists. One round trip (EXISTS).
    public func exists(_ key: String) async throws(CacheError) -> Bool {
        try KeySchema.check(key)
        return try await perform(.exists(key)).value
    }

    /// What is left of a key's life. One round trip (PTTL).
    public func ttl(_ key: String) async throws(CacheError) -> TimeToLive {
        try KeySchema.check(key)
        return try await perform(.ttl(key)).value
    }

    /// Reads, decides and writes as one step: compare-and-set, repeated while other writers come between. Two round trips without contention.
    ///
    /// - Parameters:
    ///   - expiry: the lifetime of what is written, renewed by every update.
    ///   - change: gets the present value; what it returns is stored, and `nil` leaves everything as it is. May run more than once.
    /// - Returns: what was stored, or `nil`.
    /// - Throws: ``CacheError``; `contention` when others kept coming between for two seconds.
    @discardableResult
    public func update(
        _ key: String, expiry: Expiry = .standard, _ change: @Sendable ([UInt8]?) -> [UInt8]?
    ) async throws(CacheError) -> [UInt8]? {
        try KeySchema.check(key)
        let milliseconds = try expiry.milliseconds()
        return try await CompareAndSet.run(key) { () throws(CacheError) in
            let present = try await perform(.get(key)).value
            guard let new = change(present) else { return .some(nil) }
            return try await perform(.compareAndSet(key, expected: present, new, milliseconds: milliseconds)).value ? .some(new) : nil
        }
    }
}

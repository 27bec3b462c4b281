/// What a step changes, and how a write of an outage is brought to Redis afterwards.
package enum CacheEffect: Sendable {
    /// Nothing.
    case none
    /// Something that is ordered by its own time or recognised by its content: later this request is sent, and twice does no harm.
    case replayable(CacheRequest)
    /// One key is overwritten. Later it is done only if the key did not change from what was last known of it: bytes, which may have
    /// expired or been lost meanwhile, or, where nothing was known, nothing.
    case overwrites(key: String, guarded: @Sendable (_ lastKnown: [UInt8]?) -> CacheRequest)
    /// Something is added that cannot be recognised by its content: it waits only when it certainly never reached Redis, and then goes
    /// under a number, by which Redis knows a repeat.
    case appends(numbered: @Sendable (_ writer: String, _ number: Int) -> CacheRequest)
    /// It makes sense in Redis only, and is refused while Redis is away.
    case needsRedis

    var isWrite: Bool {
        if case .none = self { false } else { true }
    }
}

import Hiredis

/// A write of an outage, waiting for Redis.
struct PendingWrite: Sendable {
    let request: CacheRequest
    /// The key to name when it loses.
    let key: String

    /// Whether a reply says that another value had come meanwhile, which wins.
    static func lost(_ reply: RedisReply) -> Bool { reply.text == "conflict" }

    /// What a step becomes when it cannot reach Redis; `nil` when it cannot wait.
    ///
    /// - Parameter lastKnown: what memory held of the key before the step.
    static func waiting(for request: CacheRequest, _ effect: CacheEffect, lastKnown: [UInt8]?) -> PendingWrite? {
        let key = request.keys.first ?? ""
        switch effect {
        case .none, .needsRedis: return nil
        case .replayable(let request): return PendingWrite(request: request, key: key)
        case .overwrites(let key, let guarded): return PendingWrite(request: guarded(lastKnown), key: key)
        case .appends: return PendingWrite(request: request, key: key)
        }
    }
}

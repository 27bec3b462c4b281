import Hiredis

/// A write of an outage, waiting for Redis.
struct PendingWrite: Sendable {
    /// What a repeat of it would do.
    enum Kind: Sendable, Equatable {
        /// No harm: it is ordered by its own time or recognised by its content.
        case ordered
        /// It is refused when the key changed from what was last known; this is what the key holds afterwards.
        case overwrite(result: [UInt8]?)
        /// No harm: Redis knows its number.
        case append
    }

    private(set) var request: CacheRequest
    /// The same for a key whose last-known value is gone without anybody having removed it; `nil` when nothing was known.
    private(set) var requestIfGone: CacheRequest?
    /// The key to name when it loses.
    let key: String
    let kind: Kind
    /// Whether it was sent once without an answer.
    var mayHaveArrived: Bool

    /// From now on it expects that nothing is there.
    mutating func expectNothing() {
        request = requestIfGone ?? request
        requestIfGone = nil
    }

    /// Whether a reply says that another value had come meanwhile, which wins.
    static func lost(_ reply: RedisReply) -> Bool { reply.text == "conflict" }

    /// What a step becomes when it cannot reach Redis; `nil` when it cannot wait.
    ///
    /// - Parameters:
    ///   - lastKnown: what memory held of the key before the step.
    ///   - result: what it holds now.
    ///   - writer: whose numbers pushes get.
    ///   - number: the next of them.
    static func waiting(
        for request: CacheRequest, _ effect: CacheEffect, lastKnown: [UInt8]?, result: [UInt8]?, mayHaveArrived: Bool,
        writer: String, number: Int
    ) -> PendingWrite? {
        let key = request.keys.first ?? ""
        switch effect {
        case .none, .needsRedis:
            return nil
        case .replayable(let request):
            return PendingWrite(request: request, key: key, kind: .ordered, mayHaveArrived: mayHaveArrived)
        case .overwrites(let key, let guarded):
            return PendingWrite(
                request: guarded(lastKnown), requestIfGone: lastKnown.map { _ in guarded(nil) }, key: key,
                kind: .overwrite(result: result), mayHaveArrived: mayHaveArrived)
        case .appends(let numbered):
            return PendingWrite(request: numbered(writer, number), key: key, kind: .append, mayHaveArrived: mayHaveArrived)
        }
    }
}

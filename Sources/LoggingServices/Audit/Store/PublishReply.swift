import CacheServices
import Hiredis

/// What Redis did with a signal and its event.
enum PublishReply: Sendable, Hashable {
    case published(PublishResult, StreamID?)
    /// The history had the signal: nothing is to be recorded.
    case known(PublishResult)
    /// The event was not recorded, and the signal not published.
    case notRecorded(AppendReply)

    init(_ reply: RedisReply) throws(CacheError) {
        let parts = reply.array ?? []
        switch parts.first?.text {
        case "published" where parts.count >= 3: self = .published(try Self.result(parts), parts.last?.text.flatMap(StreamID.init))
        case "known" where parts.count == 3: self = .known(try Self.result(parts))
        default: self = .notRecorded(try AppendReply(reply))
        }
    }

    private static func result(_ parts: [RedisReply]) throws(CacheError) -> PublishResult {
        try PublishResult(.array(Array(parts[1...2])))
    }
}

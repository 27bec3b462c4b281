package import CacheServices
import Hiredis

/// What Redis did with a batch of records.
package enum AppendReply: Sendable, Hashable {
    /// All are in the stream, each once. An identity is `nil` when the record was there before and has been trimmed.
    case recorded([StreamID?])
    /// The records before the one with a known idempotency key are in the stream; nothing else was written.
    /// What is remembered is `nil` when it cannot be read.
    case duplicate(RememberedRequest?, recorded: [StreamID?])
    /// Nothing was written: Redis knows another end of the writer's chain, because it lost data that it had acknowledged.
    case lost(lastSequence: Int, lastHash: ChainHash?)

    /// The code of the error when the state of the writer cannot be read.
    static let damagedWriter = "DAMAGED"
    /// The code of the error when the trail holds more than the cap of this process, which may not shrink it.
    static let smallCap = "CAP"

    init(_ reply: RedisReply) throws(CacheError) {
        guard let parts = reply.array, let word = parts.first?.text else { throw Self.unreadable }
        switch word {
        case "ok": self = .recorded(parts.dropFirst().map { $0.text.flatMap(StreamID.init) })
        case "duplicate":
            guard parts.count >= 2, let remembered = parts[1].text else { throw Self.unreadable }
            self = .duplicate(RememberedRequest(remembered), recorded: parts.dropFirst(2).map { $0.text.flatMap(StreamID.init) })
        case "lost":
            guard parts.count == 3, let last = parts[1].integer, last >= 0 else { throw Self.unreadable }
            self = .lost(lastSequence: Int(clamping: last), lastHash: parts[2].text.flatMap(ChainHash.init(_:)))
        default: throw Self.unreadable
        }
    }

    private static let unreadable = CacheError(.dataConflict, "Redis gave an answer that an append cannot have.")
}

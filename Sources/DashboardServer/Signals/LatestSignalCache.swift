import CacheServices
import NIOCore
import Synchronization

/// The answer for the latest signal, kept as long as the stored bytes stay the same: they are passed through, and checked for
/// shape only when they differ from the last ones checked.
final class LatestSignalCache: Sendable {
    private struct Checked: Sendable {
        let stored: [UInt8]
        let timestamp: Timestamp
        let answer: Answer
    }

    private let last = Mutex<Checked?>(nil)
    private let none = LatestSignalCache.answer(JSONWriter.bytes(["signal": .null]))

    /// The answer for these bytes; nil when they are no signal, or one that lies too far in the future.
    func answer(for stored: [UInt8]?) -> Answer? {
        guard let stored else { return none }
        let latestAllowed = Timestamp.now + Signal.maximumFutureSkew
        if let known = last.withLock({ $0 }), known.stored == stored { return known.timestamp <= latestAllowed ? known.answer : nil }
        guard let signal = try? Signal(stored: stored), signal.timestamp <= latestAllowed else { return nil }
        let answer = Self.answer(Array(#"{"signal":"#.utf8) + stored + [UInt8(ascii: "}")])
        last.withLock { $0 = Checked(stored: stored, timestamp: signal.timestamp, answer: answer) }
        return answer
    }

    private static func answer(_ json: [UInt8]) -> Answer {
        let body = ByteBuffer(bytes: json)
        return Answer(bytes: body, entityTag: EntityTag.of(body))
    }
}

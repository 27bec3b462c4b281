import CacheServices
import DequeModule
import NIOCore

/// Where the two streams are followed to, and their newest entries as messages: most clients that come back find here what they missed.
/// Pure: its owner holds the lock.
struct StreamLog: Sendable {
    private struct Recent: Sendable {
        let source: StreamSource
        /// The place of a client that has everything up to this entry.
        let cursor: StreamCursor
        /// nil for an entry that shows nothing.
        let message: StreamMessage?

        var place: StreamPlace { cursor[source] }
        var size: Int { message?.bytes.readableBytes ?? 0 }
    }

    /// What a client that comes back finds.
    enum Search: Sendable {
        /// Everything that it missed.
        case found([StreamMessage])
        /// Its place in this stream is not among what is kept, or not reached yet: Redis is to be asked.
        case unknown(StreamSource)
    }

    static let maximumCount = 512
    static let maximumSize = 1 << 20

    /// The last entries that were read.
    private(set) var cursor: StreamCursor
    /// The places before the oldest entries that are kept.
    private var floor: StreamCursor
    private var recent: Deque<Recent> = []
    private var size = 0

    init(at cursor: StreamCursor) {
        (self.cursor, floor) = (cursor, cursor)
    }

    /// Takes the next entry of a stream and what it shows, if anything; answers that with its place.
    mutating func append(_ id: StreamID, of source: StreamSource, showing message: StreamMessage?) -> StreamMessage? {
        cursor[source] = cursor[source].next(id)
        let kept = Recent(source: source, cursor: cursor, message: message?.at(cursor))
        recent.append(kept)
        size += kept.size
        while recent.count > Self.maximumCount || size > Self.maximumSize, let oldest = recent.popFirst() {
            floor[oldest.source] = oldest.place
            size -= oldest.size
        }
        return kept.message
    }

    /// The end of a stream was reached: what it says of itself goes before what was counted here.
    mutating func correct(_ source: StreamSource, by info: StreamInfo) {
        guard cursor[source].id == info.lastID else { return }
        cursor[source] = StreamPlace(endOf: info)
    }

    /// Goes on from another place; what is kept of the stream before is no help any more.
    mutating func jump(_ source: StreamSource, to place: StreamPlace) {
        cursor[source] = place
        floor[source] = place
        recent.removeAll { $0.source == source }
        size = recent.reduce(0) { $0 + $1.size }
    }

    /// What a client missed since its place, in the order in which it came here.
    ///
    /// Another server may have read the two streams in another order, and the client may be ahead in one of them: no message leads it back.
    func search(after place: StreamCursor, for topics: StreamTopics) -> Search {
        let sources = topics.sources
        for source in sources where !isKnown(place[source].id, in: source) { return .unknown(source) }
        var missed: [StreamMessage] = []
        for entry in recent where sources.contains(entry.source) && entry.place.id > place[entry.source].id {
            guard let message = entry.message, message.topic.map(topics.contains) ?? true else { continue }
            let reached = entry.cursor.furthest(place)
            missed.append(reached == entry.cursor ? message : message.at(reached))
        }
        return .found(missed)
    }

    private func isKnown(_ id: StreamID, in source: StreamSource) -> Bool {
        if id == cursor[source].id || id == floor[source].id { return true }
        guard id > floor[source].id, id < cursor[source].id else { return false }
        return recent.contains { $0.source == source && $0.place.id == id }
    }
}

import CacheServices
import DequeModule
import NIOCore

/// Where the two streams are followed to, and their newest entries as messages, shared by all clients: each client reads on from its own
/// place, at its own pace. Pure: its owner holds the lock.
struct StreamLog: Sendable {
    private struct Record: Sendable {
        let source: StreamSource
        /// The place of a client that has everything up to this entry.
        let cursor: StreamCursor
        /// nil for an entry that shows nothing.
        let message: StreamMessage?

        var size: Int { message?.bytes.readableBytes ?? 0 }
    }

    /// Where a client begins to read.
    enum Start: Sendable, Equatable {
        case at(Int)
        /// Its place in this stream is not among what is kept, or not reached yet: Redis is to be asked.
        case unknown(StreamSource)
    }

    /// What a client reads at once.
    struct Batch: Sendable {
        var messages: [StreamMessage] = []
        /// The number of the record from which to read on.
        var next: Int
        /// The place of a client that has the messages.
        var place: StreamCursor
    }

    static let maximumCount = 2048
    static let maximumSize = 4 << 20
    private static let batchCount = 256
    /// A thousand clients may hold one each.
    private static let batchSize = 64 << 10

    /// The last entries that were read.
    private(set) var cursor: StreamCursor
    /// The places before the oldest entries that are kept.
    private var floor: StreamCursor
    private var records: Deque<Record> = []
    private var size = 0
    /// The number of the oldest record; those before it are gone.
    private(set) var base = 0

    init(at cursor: StreamCursor) {
        (self.cursor, floor) = (cursor, cursor)
    }

    /// The number of the record that comes next.
    var end: Int { base + records.count }

    /// Takes the next entry of a stream and what it shows, if anything.
    mutating func append(_ id: StreamID, of source: StreamSource, showing message: StreamMessage?) {
        cursor[source] = cursor[source].next(id)
        let record = Record(source: source, cursor: cursor, message: message?.at(cursor))
        records.append(record)
        size += record.size
        while records.count > Self.maximumCount || size > Self.maximumSize, let oldest = records.popFirst() {
            floor[oldest.source] = oldest.cursor[oldest.source]
            size -= oldest.size
            base += 1
        }
    }

    /// The end of a stream was reached: what it says of itself goes before what was counted here.
    mutating func correct(_ source: StreamSource, by info: StreamInfo) {
        guard cursor[source].id == info.lastID else { return }
        cursor[source] = StreamPlace(endOf: info)
    }

    /// Goes on from another place. What is kept leads nowhere any more.
    mutating func jump(to place: StreamCursor) {
        // Past everybody's next record, so that everybody looks for its place anew.
        base = end + 1
        (cursor, floor, records, size) = (place, place, [], 0)
    }

    /// Where a client with this place begins.
    func start(after place: StreamCursor, for topics: StreamTopics) -> Start {
        for source in topics.sources where !isKnown(place[source], in: source) { return .unknown(source) }
        return .at(base)
    }

    private func isKnown(_ place: StreamPlace, in source: StreamSource) -> Bool {
        let id = place.id
        if id == cursor[source].id { return true }
        if id == floor[source].id {
            // The beginning of a stream is no entry: behind it, something may be gone.
            return place.ordinal == nil || floor[source].ordinal == nil || place.ordinal == floor[source].ordinal
        }
        guard id > floor[source].id, id < cursor[source].id else { return false }
        return records.contains { $0.source == source && $0.cursor[source].id == id }
    }

    /// What a client with a place reads from a record on that is still there.
    ///
    /// Another server may have read the two streams in another order, and the client may be ahead in one of them: it gets nothing twice, and no
    /// message leads it back.
    func read(from number: Int, after place: StreamCursor, for topics: StreamTopics) -> Batch {
        var batch = Batch(next: number, place: place)
        var size = 0
        for record in records.dropFirst(max(0, number - base)) {
            let place = batch.place
            let reached = record.cursor.furthest(place)
            if record.cursor[record.source].id > place[record.source].id, let message = record.message,
                message.topic.map(topics.contains) ?? true
            {
                guard batch.messages.count < Self.batchCount, size < Self.batchSize else { return batch }
                batch.messages.append(reached == record.cursor ? message : message.at(reached))
                size += record.size
            }
            batch.place = reached
            batch.next += 1
        }
        return batch
    }
}

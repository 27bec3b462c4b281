import CacheServices
import LoggingServices
import NIOCore
import Testing

@testable import DashboardServer

@Suite struct StreamLogTests {
    private static func id(_ number: Int) -> StreamID { StreamID(milliseconds: UInt64(number), sequence: 0) }

    private static func change(_ number: Int, _ topic: ChangeEvent.Topic = .metrics) -> StreamEntry {
        StreamEntry(
            id: id(number),
            fields: [.init("topic", topic.rawValue), .init("event", "set"), .init("key", "k"), .init("value", "\(number)")])
    }

    private static func append(_ entry: StreamEntry, of source: StreamSource, to log: inout StreamLog) {
        _ = log.append(entry.id, of: source, showing: StreamMessage(entry, of: source))
    }

    private static func place(_ number: Int) -> StreamPlace { StreamPlace(id: id(number), ordinal: number) }

    private static func cursor(_ changes: Int, _ audit: Int) -> StreamCursor {
        StreamCursor(changes: place(changes), audit: place(audit))
    }

    /// The identities of what a client finds that it missed.
    private static func ids(_ search: StreamLog.Search) -> [String]? {
        guard case .found(let messages) = search else { return nil }
        return messages.map { message in
            String(buffer: message.bytes).split(separator: "\n").first { $0.hasPrefix("id: ") }.map { String($0.dropFirst(4)) } ?? ""
        }
    }

    @Test func `what is kept is found from every place within it, and from no other`() {
        var log = StreamLog(at: Self.cursor(10, 0))
        for number in 11...20 { Self.append(Self.change(number), of: .changes, to: &log) }
        for place in 10...20 {
            let found = Self.ids(log.search(after: Self.cursor(place, 0), for: StreamTopics([.metrics])))
            #expect(found == (place..<20).map { Self.cursor($0 + 1, 0).text })
        }
        for place in [9, 21] {
            guard case .unknown(.changes) = log.search(after: Self.cursor(place, 0), for: StreamTopics([.metrics])) else {
                Issue.record("\(place) was taken for known")
                continue
            }
        }
        let between = StreamCursor(changes: StreamPlace(id: StreamID(milliseconds: 15, sequence: 1), ordinal: 15), audit: Self.place(0))
        guard case .unknown = log.search(after: between, for: .all) else {
            return #expect(Bool(false), "an identity that never was is known")
        }
        #expect(Self.ids(log.search(after: Self.cursor(10, 0), for: StreamTopics([.signals]))) == [])
        // A stream that the client does not follow is of no concern.
        #expect(Self.ids(log.search(after: Self.cursor(20, 99), for: StreamTopics([.signals]))) == [])
    }

    @Test func `a client that is ahead in one stream is never led back in it`() {
        var log = StreamLog(at: Self.cursor(10, 10))
        let entry = StreamEntry(id: Self.id(11), fields: [.init("no", "record")])
        Self.append(Self.change(11), of: .changes, to: &log)
        Self.append(entry, of: .audit, to: &log)
        Self.append(Self.change(12), of: .changes, to: &log)
        // This one had the entry of the trail before the first change.
        let found = Self.ids(log.search(after: Self.cursor(10, 11), for: .all))
        #expect(found == [Self.cursor(11, 11).text, Self.cursor(12, 11).text])
    }

    @Test func `an event under another identity is the same otherwise`() throws {
        let message = try #require(StreamMessage(Self.change(7), of: .changes)).at(Self.cursor(7, 1))
        let moved = message.at(Self.cursor(7, 9))
        let text = String(buffer: message.bytes)
        #expect(String(buffer: moved.bytes) == text.replacingSubrange(Self.cursor(7, 1).text, Self.cursor(7, 9).text))
        #expect(text == "event: metrics\nid: 7-0.7_1-0.1\ndata: {\"event\":\"set\",\"key\":\"k\",\"value\":7}\n\n")
    }

    @Test func `only the newest are kept, by number and by size`() {
        var log = StreamLog(at: Self.cursor(0, 0))
        for number in 1...(StreamLog.maximumCount + 10) { Self.append(Self.change(number), of: .changes, to: &log) }
        #expect(Self.ids(log.search(after: Self.cursor(9, 0), for: .all)) == nil)
        #expect(Self.ids(log.search(after: Self.cursor(10, 0), for: .all))?.count == StreamLog.maximumCount)
        let text = "\"" + String(repeating: "x", count: 100_000) + "\""
        for number in 1000...1020 {
            let fields = [StreamEntry.Field("topic", "metrics"), .init("event", "set"), .init("key", "k"), .init("value", text)]
            Self.append(StreamEntry(id: Self.id(number), fields: fields), of: .changes, to: &log)
        }
        guard case .found(let kept) = log.search(after: StreamCursor(changes: log.cursor.changes, audit: Self.place(0)), for: .all) else {
            return #expect(Bool(false))
        }
        #expect(kept.isEmpty)
        #expect(Self.ids(log.search(after: Self.cursor(StreamLog.maximumCount + 10, 0), for: .all)) == nil)
    }

    @Test func `a jump forgets one stream and leaves the other`() {
        var log = StreamLog(at: Self.cursor(0, 0))
        Self.append(Self.change(1), of: .changes, to: &log)
        Self.append(StreamEntry(id: Self.id(5), fields: []), of: .audit, to: &log)
        log.jump(.changes, to: Self.place(50))
        #expect(Self.ids(log.search(after: Self.cursor(0, 0), for: StreamTopics([.metrics]))) == nil)
        #expect(Self.ids(log.search(after: Self.cursor(50, 0), for: .all)) == [])
        #expect(
            log.cursor == Self.cursor(50, 1).furthest(StreamCursor(changes: Self.place(50), audit: StreamPlace(id: Self.id(5), ordinal: 1)))
        )
    }
}

import CacheServices
import LoggingServices
import NIOCore
import Testing

@testable import DashboardServer

@Suite struct StreamLogTests {
    private static func id(_ number: Int) -> StreamID { StreamID(milliseconds: UInt64(number), sequence: 0) }

    /// - Parameter size: bytes of the value; just its number unless given.
    private static func change(_ number: Int, size: Int? = nil) -> StreamEntry {
        let value = size.map { "\"" + String(repeating: "x", count: $0) + "\"" } ?? "\(number)"
        return StreamEntry(
            id: id(number), fields: [.init("topic", "metrics"), .init("event", "set"), .init("key", "k"), .init("value", value)])
    }

    private static func append(_ entry: StreamEntry, of source: StreamSource, to log: inout StreamLog) {
        log.append(entry.id, of: source, showing: StreamMessage(entry, of: source))
    }

    private static func place(_ number: Int) -> StreamPlace { StreamPlace(id: id(number), ordinal: number) }

    private static func cursor(_ changes: Int, _ audit: Int) -> StreamCursor {
        StreamCursor(changes: place(changes), audit: place(audit))
    }

    /// The identities of what a client reads from its place on; nil for a place that is not known.
    private static func ids(_ log: StreamLog, after place: StreamCursor, for topics: StreamTopics = .all) -> [String]? {
        guard case .at(var number) = log.start(after: place, for: topics) else { return nil }
        var (ids, place) = ([String](), place)
        while number < log.end {
            let batch = log.read(from: number, after: place, for: topics)
            ids += batch.messages.map { message in
                String(buffer: message.bytes).split(separator: "\n").first { $0.hasPrefix("id: ") }.map { String($0.dropFirst(4)) } ?? ""
            }
            (number, place) = (batch.next, batch.place)
        }
        return ids
    }

    @Test func `what is kept is found from every place within it, and from no other`() {
        var log = StreamLog(at: Self.cursor(10, 0))
        for number in 11...20 { Self.append(Self.change(number), of: .changes, to: &log) }
        for place in 10...20 {
            #expect(
                Self.ids(log, after: Self.cursor(place, 0), for: StreamTopics([.metrics]))
                    == (place..<20).map { Self.cursor($0 + 1, 0).text })
        }
        for place in [9, 21] { #expect(log.start(after: Self.cursor(place, 0), for: StreamTopics([.metrics])) == .unknown(.changes)) }
        // An identity that never was.
        let between = StreamCursor(changes: StreamPlace(id: StreamID(milliseconds: 15, sequence: 1), ordinal: 15), audit: Self.place(0))
        #expect(log.start(after: between, for: .all) == .unknown(.changes))
        #expect(Self.ids(log, after: Self.cursor(10, 0), for: StreamTopics([.signals])) == [])
        // A stream that the client does not follow is of no concern.
        #expect(Self.ids(log, after: Self.cursor(20, 99), for: StreamTopics([.signals])) == [])
        #expect(log.start(after: Self.cursor(20, 99), for: .all) == .unknown(.audit))
    }

    @Test func `a client that is ahead in one stream gets nothing twice and is never led back in it`() {
        var log = StreamLog(at: Self.cursor(10, 10))
        Self.append(Self.change(11), of: .changes, to: &log)
        Self.append(StreamEntry(id: Self.id(11), fields: [.init("no", "record")]), of: .audit, to: &log)
        Self.append(Self.change(12), of: .changes, to: &log)
        // This one had the entry of the trail before the first change.
        #expect(Self.ids(log, after: Self.cursor(10, 11)) == [Self.cursor(11, 11).text, Self.cursor(12, 11).text])
        // And this one both changes before the entry of the trail.
        #expect(Self.ids(log, after: Self.cursor(12, 10)) == [])
        let rest = log.read(from: log.base, after: Self.cursor(12, 10), for: .all)
        #expect(rest.place == Self.cursor(12, 11))
    }

    @Test func `an event with another place is the same otherwise`() throws {
        let message = try #require(StreamMessage(Self.change(7), of: .changes)).at(Self.cursor(7, 1))
        let text = String(buffer: message.bytes)
        #expect(String(buffer: message.at(Self.cursor(7, 9)).bytes) == text.replacingSubrange("7-0.7_1-0.1", "7-0.7_9-0.9"))
        #expect(text == "event: metrics\nid: 7-0.7_1-0.1\ndata: {\"event\":\"set\",\"key\":\"k\",\"value\":7}\n\n")
    }

    @Test func `a batch is bounded in number and in size, and the next one goes on behind it`() {
        var log = StreamLog(at: Self.cursor(0, 0))
        for number in 1...1000 { Self.append(Self.change(number), of: .changes, to: &log) }
        let first = log.read(from: log.base, after: Self.cursor(0, 0), for: .all)
        #expect(first.messages.count == 256)
        #expect(first.next == 256)
        #expect(first.place == Self.cursor(256, 0))
        // What is not wanted costs nothing.
        let none = log.read(from: log.base, after: Self.cursor(0, 0), for: StreamTopics([.audit]))
        #expect(none.messages.isEmpty && none.next == log.end && none.place == Self.cursor(1000, 0))
        Self.append(Self.change(1001, size: 100_000), of: .changes, to: &log)
        Self.append(Self.change(1002, size: 100_000), of: .changes, to: &log)
        #expect(log.read(from: 999, after: Self.cursor(999, 0), for: .all).messages.count == 2)
        #expect(Self.ids(log, after: Self.cursor(0, 0)) == (1...1002).map { Self.cursor($0, 0).text })
    }

    @Test func `only the newest are kept, by number and by size`() {
        var log = StreamLog(at: Self.cursor(0, 0))
        for number in 1...(StreamLog.maximumCount + 10) { Self.append(Self.change(number), of: .changes, to: &log) }
        #expect(log.start(after: Self.cursor(9, 0), for: .all) == .unknown(.changes))
        #expect(Self.ids(log, after: Self.cursor(10, 0))?.count == StreamLog.maximumCount)
        #expect(log.base == 10)
        for number in 3000...3050 { Self.append(Self.change(number, size: 100_000), of: .changes, to: &log) }
        #expect(log.end - log.base == StreamLog.maximumSize / 100_100)
        #expect(log.start(after: Self.cursor(StreamLog.maximumCount + 10, 0), for: .all) == .unknown(.changes))
    }

    @Test func `after a jump everybody looks for a place anew`() {
        var log = StreamLog(at: Self.cursor(0, 0))
        Self.append(Self.change(1), of: .changes, to: &log)
        Self.append(StreamEntry(id: Self.id(5), fields: []), of: .audit, to: &log)
        let end = log.end
        log.jump(to: StreamCursor(changes: Self.place(50), audit: log.cursor.audit))
        #expect(log.base > end)
        #expect(log.start(after: Self.cursor(1, 1), for: StreamTopics([.metrics])) == .unknown(.changes))
        // The other stream is where it was.
        let current = StreamCursor(changes: Self.place(1), audit: StreamPlace(id: Self.id(5), ordinal: 1))
        #expect(Self.ids(log, after: current, for: StreamTopics([.audit])) == [])
        Self.append(Self.change(51), of: .changes, to: &log)
        #expect(Self.ids(log, after: StreamCursor(changes: Self.place(50), audit: current.audit))?.count == 1)
    }
}

import CacheServices
import HTTPTypes

/// What `GET /api/stream` asks for.
struct StreamQuery: Sendable, Hashable {
    let topics: StreamTopics
    let resumption: StreamCursor?

    /// Reads the query and the header `Last-Event-ID`, which a client that reconnects by itself sends with the query that it began with, and
    /// which therefore counts more than its parameter.
    ///
    /// - Throws: ``Problem`` naming everything that is wrong.
    init(_ query: String?, _ headers: HTTPFields) throws(Problem) {
        var reader = QueryReader(query)
        let (topics, parameter) = try Self.read(&reader)
        let header = try Self.cursor(headers[values: .lastEventID])
        self.topics = topics ?? .all
        resumption = header ?? parameter
    }

    static func read(_ reader: inout QueryReader) throws(Problem) -> (topics: StreamTopics?, resumption: StreamCursor?) {
        let topics = reader.topics("topics")
        let cursor = reader.cursor("last_event_id")
        try reader.finish()
        return (topics, cursor)
    }

    private static func cursor(_ values: [String]) throws(Problem) -> StreamCursor? {
        guard let text = values.first else { return nil }
        guard values.count == 1, let cursor = StreamCursor(text) else {
            throw Problem(
                .invalidHeader, "Last-Event-ID \(cursorSentence).",
                items: [.init(place: .header, name: "Last-Event-ID", code: .malformed, detail: "Last-Event-ID \(cursorSentence)")])
        }
        return cursor
    }

    fileprivate static let cursorSentence = "must be the id of the last event that came, given once"
}

extension QueryReader {
    /// Takes a list of topics, each once.
    fileprivate mutating func topics(_ name: String) -> StreamTopics? {
        guard let text = text(name, .topics) else { return nil }
        let words = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        let topics = words.compactMap(StreamTopic.init)
        guard topics.count == words.count else {
            report(name, .malformed, "must be topics joined by commas; there are \(StreamTopic.names)")
            return nil
        }
        guard Set(topics).count == topics.count else {
            report(name, .duplicate, "must have each topic once")
            return nil
        }
        return StreamTopics(topics)
    }

    fileprivate mutating func cursor(_ name: String) -> StreamCursor? {
        guard let text = text(name, .streamCursor) else { return nil }
        if let cursor = StreamCursor(text) { return cursor }
        report(name, .malformed, StreamQuery.cursorSentence)
        return nil
    }
}

import CacheServices
import NIOCore
import NIOPosix
import RedisTesting

/// A client of `/api/stream` on a connection of its own, as a browser is one: it knows the last id and goes on from it.
struct EventStreamClient: ~Copyable {
    /// One event as it came.
    struct Event: Sendable, Hashable {
        var name = ""
        /// The id of the event itself; nil when it had none.
        var id: String?
        var data: JSONValue = .null

        /// What happened, by the data.
        var event: String? { data["event"]?.text }
        var key: String? { data["key"]?.text }
        var value: JSONValue { data["value"] ?? .null }
    }

    let head: HTTPReply
    private var connection: RawConnection
    private var chunks = ChunkedText()
    private var lines = EventLines()
    /// Where a client that comes again goes on.
    private(set) var lastEventID: String?
    /// Comments so far.
    private(set) var comments = 0

    /// Opens a stream for the length of `body`, which begins behind the head of the answer.
    static func open<Value: Sendable>(
        port: Int, topics: String? = nil, after id: String? = nil, headers: [(String, String)] = [], receiveBuffer: Int? = nil,
        _ body: (inout EventStreamClient) async throws -> Value
    ) async throws -> Value {
        try await RawConnection.lend(port: port, receiveBuffer: receiveBuffer) { lent in
            var connection = lent
            let query = topics.map { "?topics=\($0)" } ?? ""
            var head = "GET /api/stream\(query) HTTP/1.1\r\nHost: localhost\r\n"
            if let id { head += "Last-Event-ID: \(id)\r\n" }
            for (name, value) in headers { head += "\(name): \(value)\r\n" }
            try await connection.send(head + "\r\n")
            guard let reply = try await connection.reply() else { throw RunningService.Unanswered(target: "/api/stream") }
            var client = EventStreamClient(head: reply, connection: connection, lastEventID: id)
            return try await body(&client)
        }
    }

    private init(head: HTTPReply, connection: consuming RawConnection, lastEventID: String?) {
        self.head = head
        self.connection = connection
        self.lastEventID = lastEventID
    }

    /// The next event; nil when the stream ended.
    mutating func next() async throws -> Event? {
        while true {
            if let event = lines.takeEvent() {
                lastEventID = lines.lastID ?? lastEventID
                comments = lines.comments
                return event
            }
            do { try await receive() } catch is Ended { return nil }
        }
    }

    /// Takes what comes next, which need not be an event.
    mutating func receive() async throws {
        guard !chunks.isEnded, let bytes = try await connection.take() else { throw Ended(waitedFor: "anything") }
        chunks.feed(bytes)
        lines.feed(chunks.takeText())
        lastEventID = lines.lastID ?? lastEventID
        comments = lines.comments
    }

    /// The next event of a topic; others are passed by.
    mutating func next(_ name: String) async throws -> Event {
        while let event = try await next() {
            if event.name == name { return event }
        }
        throw Ended(waitedFor: name)
    }

    /// The next events of any of these names.
    mutating func next(_ count: Int, of names: Set<String>) async throws -> [Event] {
        var events: [Event] = []
        while events.count < count {
            guard let event = try await next() else { throw Ended(waitedFor: names.sorted().joined(separator: ", ")) }
            if names.contains(event.name) { events.append(event) }
        }
        return events
    }

    struct Ended: Error {
        let waitedFor: String
    }
}

/// Takes the frames off a chunked body.
private struct ChunkedText {
    private var received: [UInt8] = []
    private var text: [UInt8] = []
    private(set) var isEnded = false

    mutating func feed(_ bytes: [UInt8]) {
        received += bytes
        while !isEnded, let line = received.firstRange(of: Array("\r\n".utf8)) {
            guard let size = Int(String(decoding: received[..<line.lowerBound], as: UTF8.self), radix: 16) else { return isEnded = true }
            guard received.count >= line.upperBound + size + 2 else { return }
            text += received[line.upperBound..<line.upperBound + size]
            received.removeFirst(line.upperBound + size + 2)
            if size == 0 { isEnded = true }
        }
    }

    mutating func takeText() -> [UInt8] {
        defer { text = [] }
        return text
    }
}

/// Puts lines together to events (HTML, section 9.2.6).
private struct EventLines {
    private var rest: [UInt8] = []
    private var current = EventStreamClient.Event()
    private var id: String?
    private var events: [(event: EventStreamClient.Event, lastID: String?)] = []
    private var dispatchedID: String?
    /// The last id, as of the last event that was taken.
    private(set) var lastID: String?
    private(set) var comments = 0

    mutating func feed(_ bytes: [UInt8]) {
        rest += bytes
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            take(String(decoding: rest[..<end], as: UTF8.self))
            rest.removeFirst(end + 1)
        }
        // What moves the place on without an event counts when nothing is before it.
        if events.isEmpty { lastID = dispatchedID ?? lastID }
    }

    private mutating func take(_ line: String) {
        guard !line.isEmpty else {
            dispatchedID = id ?? dispatchedID
            if current.data != .null { events.append((current, dispatchedID)) }
            current = EventStreamClient.Event()
            return
        }
        let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let value = parts.count > 1 ? String(parts[1].hasPrefix(" ") ? parts[1].dropFirst() : parts[1]) : ""
        switch parts[0] {
        case "": comments += 1
        case "event": current.name = value
        case "id": (id, current.id) = (value, value)
        case "data": current.data = (try? JSONParser.parse(Array(value.utf8))) ?? .string("unreadable: \(value)")
        default: break
        }
    }

    mutating func takeEvent() -> EventStreamClient.Event? {
        guard !events.isEmpty else { return nil }
        let (event, id) = events.removeFirst()
        lastID = id
        return event
    }
}

import CacheServices
import NIOCore

/// One message, encoded once for all clients that get it.
struct StreamMessage: Sendable {
    /// nil for what is no event of a topic.
    let topic: StreamTopic?
    /// As it goes over the wire.
    let bytes: ByteBuffer
    /// The rest of it behind name and identity; nothing for what is no event.
    private let data: ByteBuffer

    private init(topic: StreamTopic?, head: String, data: ByteBuffer) {
        self.topic = topic
        self.data = data
        var bytes = ByteBufferAllocator().buffer(capacity: head.utf8.count + data.readableBytes)
        bytes.writeString(head)
        bytes.writeImmutableBuffer(data)
        self.bytes = bytes
    }

    private init(_ event: String, at cursor: StreamCursor? = nil, data: JSONValue, retry: Int? = nil) {
        self.init(
            topic: nil, head: ServerSentEvent.head(event, id: cursor?.text, retry: retry), data: ServerSentEvent.data(data))
    }

    /// An event of a topic, without a place: what happened, to which key, and the value that is there now.
    init(_ topic: StreamTopic, event: String, key: String, value: JSONValue) {
        self.init(
            topic: topic, head: ServerSentEvent.head(topic.rawValue),
            data: ServerSentEvent.data(["event": .string(event), "key": .string(key), "value": value]))
    }

    /// The same event with the place of a client that has it.
    func at(_ cursor: StreamCursor) -> StreamMessage {
        guard let topic else { return self }
        return StreamMessage(topic: topic, head: ServerSentEvent.head(topic.rawValue, id: cursor.text), data: data)
    }

    /// The first message of a connection: who serves, and from which place on.
    static func open(server: String, at cursor: StreamCursor?) -> StreamMessage {
        let data: JSONValue = ["server": .string(server), "cursor": cursor.map { .string($0.text) } ?? .null]
        return StreamMessage("open", at: cursor, data: data, retry: ServerSentEvent.retryMilliseconds)
    }

    /// Events are missing: how many, where that is known. What follows comes after the cursor.
    static func reset(lost: Int?, at cursor: StreamCursor) -> StreamMessage {
        StreamMessage("reset", at: cursor, data: ["lost": lost.map { .integer($0) } ?? .null])
    }

    /// The last message: why the server ends the connection.
    static func bye(_ reason: String) -> StreamMessage {
        StreamMessage("bye", data: ["reason": .string(reason)])
    }

    static func keepAlive(at cursor: StreamCursor?) -> StreamMessage {
        StreamMessage(topic: nil, head: "", data: ServerSentEvent.keepAlive(id: cursor?.text))
    }
}

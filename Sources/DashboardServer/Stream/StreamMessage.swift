import CacheServices
import NIOCore

/// One message, encoded once for all clients that get it.
struct StreamMessage: Sendable {
    /// nil for what is no event of a topic.
    let topic: StreamTopic?
    let bytes: ByteBuffer

    init(topic: StreamTopic?, bytes: ByteBuffer) {
        self.topic = topic
        self.bytes = bytes
    }

    /// An event of a topic: what happened, to which key, and the value that is there now.
    init(_ topic: StreamTopic, event: String, key: String, value: JSONValue, id: String? = nil) {
        self.init(
            topic: topic,
            bytes: ServerSentEvent.bytes(
                topic.rawValue, id: id, data: ["event": .string(event), "key": .string(key), "value": value]))
    }

    /// The first message of a connection: who serves, and from which place on.
    static func open(server: String, at cursor: StreamCursor?) -> StreamMessage {
        let data: JSONValue = ["server": .string(server), "cursor": cursor.map { .string($0.text) } ?? .null]
        return StreamMessage(
            topic: nil, bytes: ServerSentEvent.bytes("open", id: cursor?.text, data: data, retry: ServerSentEvent.retryMilliseconds))
    }

    /// Events are missing: how many, where that is known. What follows comes after the cursor.
    static func reset(lost: Int?, at cursor: StreamCursor) -> StreamMessage {
        let data: JSONValue = ["lost": lost.map { .integer($0) } ?? .null]
        return StreamMessage(topic: nil, bytes: ServerSentEvent.bytes("reset", id: cursor.text, data: data))
    }

    /// The last message: why the server ends the connection.
    static func bye(_ reason: String) -> StreamMessage {
        StreamMessage(topic: nil, bytes: ServerSentEvent.bytes("bye", data: ["reason": .string(reason)]))
    }

    static func keepAlive(at cursor: StreamCursor?) -> StreamMessage {
        StreamMessage(topic: nil, bytes: ServerSentEvent.keepAlive(id: cursor?.text))
    }
}

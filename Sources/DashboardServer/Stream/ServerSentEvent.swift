import CacheServices
import NIOCore

/// Messages as they go over the wire (HTML, section 9.2.6).
enum ServerSentEvent {
    /// How long a client waits before it comes again.
    static let retryMilliseconds = 1000

    /// An event with its data, which is one line because JSON escapes line breaks.
    static func bytes(_ event: String, id: String? = nil, data: JSONValue, retry: Int? = nil) -> ByteBuffer {
        let json = JSONWriter.bytes(data)
        var buffer = ByteBufferAllocator().buffer(capacity: json.count + 128)
        if let retry { buffer.writeString("retry: \(retry)\n") }
        buffer.writeString("event: \(event)\n")
        if let id { buffer.writeString("id: \(id)\n") }
        buffer.writeString("data: ")
        buffer.writeBytes(json)
        buffer.writeString("\n\n")
        return buffer
    }

    /// A comment, which keeps proxies from taking the connection for dead. The identity beside it moves the client's place on while
    /// nothing comes that it asked for; without data it is no event.
    static func keepAlive(id: String?) -> ByteBuffer {
        ByteBuffer(string: ": keep-alive\n" + (id.map { "id: \($0)\n" } ?? "") + "\n")
    }
}

import CacheServices
import NIOCore

/// Messages as they go over the wire (HTML, section 9.2.6).
enum ServerSentEvent {
    /// How long a client waits before it comes again.
    static let retryMilliseconds = 1000

    /// What comes before the data.
    static func head(_ event: String, id: String? = nil, retry: Int? = nil) -> String {
        (retry.map { "retry: \($0)\n" } ?? "") + "event: \(event)\n" + (id.map { "id: \($0)\n" } ?? "")
    }

    /// The data, which is one line because JSON escapes line breaks, and the end of the event.
    static func data(_ value: JSONValue) -> ByteBuffer {
        let json = JSONWriter.bytes(value)
        var buffer = ByteBufferAllocator().buffer(capacity: json.count + 8)
        buffer.writeStaticString("data: ")
        buffer.writeBytes(json)
        buffer.writeStaticString("\n\n")
        return buffer
    }

    /// A comment, which keeps proxies from taking the connection for dead. The identity beside it moves the client's place on while
    /// nothing comes that it asked for; without data it is no event.
    static func keepAlive(id: String?) -> ByteBuffer {
        ByteBuffer(string: ": keep-alive\n" + (id.map { "id: \($0)\n" } ?? "") + "\n")
    }
}

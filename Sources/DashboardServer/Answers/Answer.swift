package import CacheServices
package import HTTPTypes
package import NIOCore

/// What a route answers, before the headers that every answer has.
package struct Answer: Sendable {
    /// The media types of answers.
    package enum MediaType: String, Sendable {
        case json = "application/json"
        case problem = "application/problem+json"
        case csv = "text/csv; charset=utf-8; header=present"
        case ndjson = "application/x-ndjson"
        case html = "text/html; charset=utf-8"
        case css = "text/css; charset=utf-8"
        case javaScript = "text/javascript; charset=utf-8"
        case svg = "image/svg+xml"
        case eventStream = "text/event-stream"
        case prometheus = "text/plain; version=0.0.4; charset=utf-8"
    }

    /// Writes pieces of a body until there are no more; each call returns when the client takes more.
    package typealias Pieces = @Sendable (_ write: (ByteBuffer) async throws -> Void) async throws -> Void

    /// Writes a body that has no end of its own, on a connection whose end it watches.
    package typealias Live = @Sendable (_ channel: any Channel, _ write: (ByteBuffer) async throws -> Void) async throws -> Void

    let status: HTTPResponse.Status
    /// The body; empty when it comes in pieces.
    let body: ByteBuffer
    /// Gives the body piece by piece, where it is not at hand as a whole. When it throws, the connection ends without the end of the body,
    /// so that no client takes a part for the whole.
    var pieces: Pieces?
    /// Gives a body that ends when somebody has had enough. It keeps an eye on the client's pace itself.
    var live: Live?
    let type: MediaType
    var headers: HTTPFields
    /// The entity tag of the body, where it is known already.
    let entityTag: String?

    /// An answer of bytes that are JSON.
    package init(
        bytes: ByteBuffer, status: HTTPResponse.Status = .ok, type: MediaType = .json, headers: HTTPFields = [:], entityTag: String? = nil
    ) {
        self.status = status
        self.body = bytes
        self.pieces = nil
        self.type = type
        self.headers = headers
        self.entityTag = entityTag
    }

    /// An answer whose body comes piece by piece.
    init(type: MediaType, headers: HTTPFields = [:], pieces: @escaping Pieces) {
        status = .ok
        body = ByteBuffer()
        self.pieces = pieces
        self.type = type
        self.headers = headers
        entityTag = nil
    }

    /// An answer of headers alone (204).
    init(noContent headers: HTTPFields) {
        self.init(bytes: ByteBuffer(), status: .noContent, headers: headers)
    }

    /// An answer of events for as long as somebody listens.
    init(live: @escaping Live, headers: HTTPFields) {
        self.init(bytes: ByteBuffer(), type: .eventStream, headers: headers)
        self.live = live
    }

    /// The body of an answer that does not have it at hand as a whole.
    func body(on channel: any Channel) -> Pieces? {
        if let live { { write in try await live(channel, write) } } else { pieces }
    }

    /// An answer of a value, written in canonical form.
    package init(_ value: JSONValue, status: HTTPResponse.Status = .ok, type: MediaType = .json, headers: HTTPFields = [:]) {
        self.init(bytes: ByteBuffer(bytes: JSONWriter.bytes(value)), status: status, type: type, headers: headers)
    }

    /// The answer to something that was stored anew.
    static func created(_ value: JSONValue) -> Answer { Answer(value, status: .created) }
}

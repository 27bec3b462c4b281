package import CacheServices
package import HTTPTypes
package import NIOCore

/// What a route answers, before the headers that every answer has.
package struct Answer: Sendable {
    /// The media types of answers.
    package enum MediaType: String, Sendable {
        case json = "application/json"
        case problem = "application/problem+json"
    }

    let status: HTTPResponse.Status
    let body: ByteBuffer
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
        self.type = type
        self.headers = headers
        self.entityTag = entityTag
    }

    /// An answer of a value, written in canonical form.
    package init(_ value: JSONValue, status: HTTPResponse.Status = .ok, type: MediaType = .json, headers: HTTPFields = [:]) {
        self.init(bytes: ByteBuffer(bytes: JSONWriter.bytes(value)), status: status, type: type, headers: headers)
    }

    /// The answer to something that was stored anew.
    static func created(_ value: JSONValue) -> Answer { Answer(value, status: .created) }
}

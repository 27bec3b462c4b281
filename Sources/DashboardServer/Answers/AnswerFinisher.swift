import CacheServices
import HTTPTypes
import Hummingbird
import NIOCore

/// Gives an answer the headers that every answer has, and what the method and the conditions of its request make of it.
struct AnswerFinisher {
    let request: Request
    let id: String
    /// Where cache data comes from, or came from for this request.
    let source: CacheSource
    /// What pages of other origins need to read it.
    let crossOrigin: HTTPFields
    /// What every answer has, unless it says otherwise.
    let common: HTTPFields
    /// Where the client stands with its rate; nil where it is not counted.
    let standing: RateLimitStanding?
    let ratePolicy: HTTPField?

    /// The answer to a request that was read to its end.
    func response(_ answer: Answer, on channel: any Channel) -> Response {
        var headers = headers(for: answer)
        if let pieces = answer.body(on: channel) {
            headers.append(HTTPField(name: .contentType, value: answer.type.rawValue))
            guard request.method != .head else { return Response(status: answer.status, headers: headers) }
            return Response(
                status: answer.status, headers: headers,
                body: ResponseBody { writer in
                    try await pieces { try await writer.write($0) }
                    try await writer.finish(nil)
                })
        }
        guard answer.status != .noContent else { return Response(status: .noContent, headers: headers) }
        if request.method.isRead, answer.status == .ok {
            let tag = answer.entityTag ?? EntityTag.of(answer.body)
            headers.append(HTTPField(name: .eTag, value: tag))
            if let condition = request.headers[.ifNoneMatch], EntityTag.matches(tag, condition: condition) {
                var response = Response(status: .notModified, headers: headers)
                response.headers[.contentLength] = nil
                return response
            }
        }
        headers.append(HTTPField(name: .contentType, value: answer.type.rawValue))
        headers.append(HTTPField(name: .contentLength, value: String(answer.body.readableBytes)))
        return Response(
            status: answer.status, headers: headers,
            body: request.method == .head ? ResponseBody() : ResponseBody(byteBuffer: answer.body))
    }

    /// The answer to a request whose body is not read: the connection is closed, but not before the client could see why.
    func lastResponse(_ answer: Answer, on channel: any Channel) -> Response {
        var response = response(answer, on: channel)
        response.headers[.connection] = "close"
        let body = request.method == .head ? ByteBuffer() : answer.body
        let head = response.head
        return Response(
            status: head.status, headers: head.headerFields,
            body: ResponseBody { writer in
                if body.readableBytes > 0 { try await writer.write(body) }
                try await writer.finish(nil)
                // Closing at once would reset the connection under a client that is still sending, and take the answer with it: whoever watches
                // the connection gives it a moment.
                try? await channel.close(mode: .output).get()
            })
    }

    private func headers(for answer: Answer) -> HTTPFields {
        var headers = common
        headers.append(HTTPField(name: .requestID, value: id))
        for field in crossOrigin { headers.append(field) }
        if let standing, let ratePolicy {
            headers.append(ratePolicy)
            headers.append(standing.header)
        }
        headers.append(HTTPField(name: .cacheBackend, value: source.backend.rawValue))
        if let age = source.staleAge {
            headers.append(HTTPField(name: .cacheStale, value: "true"))
            headers.append(HTTPField(name: .age, value: String(age.components.seconds)))
        }
        for field in answer.headers {
            if Borders.commonNames.contains(field.name) { headers[field.name] = nil }
            headers.append(field)
        }
        return headers
    }
}

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
    let common: [HTTPField]
    /// Where the client stands with its rate; nil where it is not counted.
    let standing: RateLimitStanding?
    let ratePolicy: HTTPField?

    /// The answer to a request that was read to its end.
    func response(_ answer: Answer, on channel: any Channel) -> Response {
        var fields = fields(for: answer)
        if let pieces = answer.body(on: channel) {
            fields.append(HTTPField(name: .contentType, value: answer.type.rawValue))
            guard request.method != .head else { return Response(status: answer.status, headers: HTTPFields(all: fields)) }
            return Response(
                status: answer.status, headers: HTTPFields(all: fields),
                body: ResponseBody { writer in
                    try await pieces { try await writer.write($0) }
                    try await writer.finish(nil)
                })
        }
        guard answer.status != .noContent else { return Response(status: .noContent, headers: HTTPFields(all: fields)) }
        if request.method.isRead, answer.status == .ok {
            let tag = answer.entityTag ?? EntityTag.of(answer.body)
            fields.append(HTTPField(name: .eTag, value: tag))
            if let condition = request.headers[.ifNoneMatch], EntityTag.matches(tag, condition: condition) {
                var response = Response(status: .notModified, headers: HTTPFields(all: fields))
                response.headers[.contentLength] = nil
                return response
            }
        }
        fields.append(HTTPField(name: .contentType, value: answer.type.rawValue))
        fields.append(HTTPField(name: .contentLength, value: String(answer.body.readableBytes)))
        return Response(
            status: answer.status, headers: HTTPFields(all: fields),
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

    /// In an array: header fields take their elements one by one through generic code of their library, which costs more than all the rest here.
    private func fields(for answer: Answer) -> [HTTPField] {
        var fields: [HTTPField] = []
        fields.reserveCapacity(Self.usualCount)
        fields += common
        fields.append(HTTPField(name: .requestID, value: id))
        for field in crossOrigin { fields.append(field) }
        if let standing, let ratePolicy {
            fields.append(ratePolicy)
            fields.append(standing.header)
        }
        fields.append(HTTPField(name: .cacheBackend, value: source.backend.rawValue))
        if let age = source.staleAge {
            fields.append(HTTPField(name: .cacheStale, value: "true"))
            fields.append(HTTPField(name: .age, value: String(age.components.seconds)))
        }
        for field in answer.headers {
            if Borders.commonNames.contains(field.name) { fields.removeAll { $0.name == field.name } }
            fields.append(field)
        }
        return fields
    }

    /// Room for the fields of most answers, and the date that the server adds.
    fileprivate static let usualCount = 16
}

extension HTTPFields {
    /// Takes all fields in one step.
    fileprivate init(all fields: [HTTPField]) {
        self.init()
        reserveCapacity(Swift.max(fields.count + 1, AnswerFinisher.usualCount))
        // Appends those of every name, and is the one way in that is compiled for an array.
        self[fields: .requestID] = fields
    }
}

import CacheServices
import HTTPTypes

/// An error as a client sees it (RFC 9457). Nothing internal stands in it: details go to the log under the request's id.
package struct Problem: Error, Sendable {
    /// What happened to what the request wanted to write.
    enum Outcome: String, Sendable {
        case notRecorded = "not_recorded"
        case unknown
    }

    /// One thing that is wrong with the request.
    struct Item: Sendable, Hashable {
        /// What kind of name ``name`` is.
        enum Place: String, Sendable {
            case field, parameter, header
        }

        let place: Place
        let name: String
        let code: FieldProblem.Code
        let detail: String

        var jsonValue: JSONValue {
            .object([.init("code", .string(code.rawValue)), .init("detail", .string(detail)), .init(place.rawValue, .string(name))])
        }
    }

    let code: ProblemCode
    /// One sentence about this occurrence.
    let detail: String
    var items: [Item] = []
    var outcome: Outcome?
    /// Further members of the object.
    var members: [JSONValue.Member] = []
    var headers: HTTPFields = [:]

    init(
        _ code: ProblemCode, _ detail: String, items: [Item] = [], outcome: Outcome? = nil, members: [JSONValue.Member] = [],
        headers: HTTPFields = [:]
    ) {
        self.code = code
        self.detail = detail
        self.items = items
        self.outcome = outcome
        self.members = members
        self.headers = headers
    }

    /// The answer to a request.
    func answer(requestID: String) -> Answer {
        var object: [JSONValue.Member] = [
            .init("type", .string("urn:usdcop:problem:\(code.rawValue)")),
            .init("title", .string(code.title)),
            .init("status", .integer(code.status)),
            .init("detail", .string(detail)),
            .init("instance", .string("urn:usdcop:request:\(requestID)")),
            .init("code", .string(code.rawValue)),
        ]
        if !items.isEmpty { object.append(.init("errors", .array(items.map(\.jsonValue)))) }
        if let outcome { object.append(.init("outcome", .string(outcome.rawValue))) }
        var headers = headers
        if code.status == 503, headers[.retryAfter] == nil { headers[.retryAfter] = "1" }
        return Answer(.object(object + members), status: code.httpStatus, type: .problem, headers: headers)
    }
}

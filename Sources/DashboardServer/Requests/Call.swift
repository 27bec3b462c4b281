package import CacheServices
package import HTTPTypes
package import NIOCore

/// One request on its way through a route: what was asked, by whom, and where the answers came from.
package struct Call: Sendable {
    /// The request's id, in the answer and in the log.
    package let id: String
    /// Who calls.
    package let caller: Caller
    /// The text behind `?`, still encoded.
    package let query: String?
    /// The values of the path's parameters, decoded.
    package let parameters: [String: String]
    /// The fields of the request's head.
    package let headers: HTTPFields
    /// The body; empty where the route takes none.
    package let body: ByteBuffer
    /// Where the request comes from.
    let origin: ClientOrigin
    /// What the keys of this installation start with.
    package let namespace: Namespace
    /// Collects where cache data came from, for the headers of the answer.
    package let trace: CacheTrace

    /// The client's address, behind the proxies that are trusted; nil for a local socket.
    package var clientAddress: String? { origin.address?.text }
    /// With whom the caller is counted; nil for one of this machine where no key is needed: the machine and the service are his.
    var counted: CountedClient? { caller.name == nil && origin.isLoopback ? nil : CountedClient(caller, at: origin) }

    /// Checks that there are no parameters in the query.
    package func noQuery() throws(Problem) {
        guard let query, !query.isEmpty else { return }
        var reader = QueryReader(query)
        try reader.finish()
    }

    /// The body as JSON, which must be an object.
    func object() throws -> JSONValue {
        let value = try body.withUnsafeReadableBytes { bytes throws(JSONParseError) in try JSONParser.parse(bytes) }
        guard case .object = value else { throw Problem(.malformedBody, "The body must be a JSON object; nothing was written.") }
        return value
    }

    /// The symbol that is a part of the path.
    func symbol() throws(Problem) -> Symbol {
        try parameter("symbol") { text throws(ValidationError) in try Symbol(text) }
    }

    /// The name of a metric that is a part of the path.
    func metricName() throws(Problem) -> MetricName {
        try parameter("name") { text throws(ValidationError) in try MetricName(text) }
    }

    private func parameter<Value>(_ name: String, _ check: (String) throws(ValidationError) -> Value) throws(Problem) -> Value {
        do throws(ValidationError) {
            return try check(parameters[name] ?? "")
        } catch {
            let sentence = "\(name) \(error.problems.first?.sentence ?? "is not valid")"
            throw Problem(
                .invalidPath, "\(sentence).",
                items: [.init(place: .parameter, name: name, code: .malformed, detail: sentence)])
        }
    }
}

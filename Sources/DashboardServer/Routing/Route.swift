package import HTTPTypes

/// One path with its methods; who may use each of them stands beside it.
package struct Route: Sendable {
    /// Does the work of an endpoint.
    package typealias Handler = @Sendable (Call) async throws -> Answer

    /// One method of a route.
    package struct Endpoint: Sendable {
        package let method: HTTPRequest.Method
        /// Who may; nil for everybody.
        package let role: Role?
        /// What it takes as a body.
        package let body: BodyRule
        let handler: Handler

        /// Anybody, or callers with a role, reads. HEAD comes with it.
        package static func get(_ role: Role? = .reader, _ handler: @escaping Handler) -> Endpoint {
            Endpoint(method: .get, role: role, body: .none, handler: handler)
        }

        /// POST with a JSON body.
        package static func post(_ role: Role? = .writer, body: BodyRule = .json, _ handler: @escaping Handler) -> Endpoint {
            Endpoint(method: .post, role: role, body: body, handler: handler)
        }

        /// PUT with a JSON body.
        static func put(_ role: Role = .writer, _ handler: @escaping Handler) -> Endpoint {
            Endpoint(method: .put, role: role, body: .json, handler: handler)
        }

        /// PATCH with a JSON body.
        static func patch(_ role: Role = .writer, _ handler: @escaping Handler) -> Endpoint {
            Endpoint(method: .patch, role: role, body: .json, handler: handler)
        }

        /// DELETE, without a body unless it says so.
        package static func delete(_ role: Role = .writer, body: BodyRule = .none, _ handler: @escaping Handler) -> Endpoint {
            Endpoint(method: .delete, role: role, body: body, handler: handler)
        }
    }

    package let pattern: PathPattern
    package let endpoints: [Endpoint]
    /// Whether it tells somebody who watches the service how it is: always answered, under whatever name the service is asked, and never counted.
    package private(set) var isProbe = false

    /// A path with its endpoints.
    package init(_ pattern: String, _ endpoints: Endpoint...) {
        self.pattern = PathPattern(pattern)
        self.endpoints = endpoints
    }

    /// The same for somebody who watches the service.
    func asProbe() -> Route {
        var route = self
        route.isProbe = true
        return route
    }

    /// The endpoint of a method; HEAD is answered by that of GET.
    func endpoint(_ method: HTTPRequest.Method) -> Endpoint? {
        let method = method == .head ? .get : method
        return endpoints.first { $0.method == method }
    }

    /// The methods for the header `Allow`.
    package var allowed: String {
        var methods = endpoints.map(\.method.rawValue)
        if let get = methods.firstIndex(of: "GET") { methods.insert("HEAD", at: get + 1) }
        return methods.joined(separator: ", ")
    }
}

import CacheServices
import HTTPTypes

/// The OpenAPI 3.1 document, made of what serves: paths, methods, roles and bodies of the route table, queries as their readers ask for
/// them, errors as the enumeration of their codes has them. ``Operations`` adds the words and the shapes of bodies and answers.
struct ContractDocument: Sendable {
    let routes: RouteTable
    /// Where the service listens, as it is configured.
    let host: String
    let port: Int
    /// `https` where the service speaks it itself.
    var scheme = "http"
    /// Whether callers need keys.
    let hasKeys: Bool

    /// Errors that every operation can answer.
    static let everywhere: [ProblemCode] = [.invalidQuery, .uriTooLong, .internalError]
    /// Those of whatever asks Redis.
    static func ofRedis(isRead: Bool) -> [ProblemCode] {
        let asked: [ProblemCode] = [
            .redisUnavailable, .redisNoAnswer, .redisLoading, .redisBusy, .redisMasterDown, .redisClusterDown, .redisTooManyClients,
            .redisAuthentication, .redisNoPermission, .redisRefused, .dataConflict, .cancelled,
        ]
        let written: [ProblemCode] = [
            .redisReadOnly, .redisOutOfMemory, .redisPersistenceFailing, .redisTooFewReplicas, .overCapacity,
        ]
        return isRead ? asked : asked + written
    }

    /// Those of what stands before all routes but the probes.
    static let atBorders: [ProblemCode] = [.foreignHost, .rateLimited]

    var jsonValue: JSONValue {
        [
            "openapi": "3.1.1", "jsonSchemaDialect": "https://spec.openapis.org/oas/3.1/dialect/base", "info": info, "servers": servers,
            "tags": .array(Operation.Tag.allCases.map { ["name": .string($0.rawValue), "description": .string($0.sentence)] }),
            "paths": .object(routes.routes.map { .init($0.pattern.text, path(of: $0)) }), "components": components,
        ]
    }

    private var info: JSONValue {
        [
            "title": "usdcop", "version": .string(BuildInfo.version),
            "summary": "Infrastructure services of a USD/COP trading desk",
            "description": """
            JSON in, JSON out. HEAD is answered wherever GET is. Unknown parameters and fields are refused by name. Errors are problems \
            (RFC 9457) with a stable `code`; where something was to be written, `outcome` says what became of it. `x-codes` are \
            those that an operation can answer. `x-role` is the role that it needs: reader < writer < administrator.
            """,
            "license": ["name": "MIT", "identifier": "MIT"],
        ]
    }

    /// Wherever the document was read, and the configured address unless that is any or chosen at the start.
    private var servers: JSONValue {
        var servers: [JSONValue] = [["url": "/", "description": "Where this document comes from."]]
        if port != 0, !["0.0.0.0", "::"].contains(host) {
            let name = host.contains(":") ? "[\(host)]" : host
            servers.append(["url": .string("\(scheme)://\(name):\(port)"), "description": "As it is configured."])
        }
        return .array(servers)
    }

    private func path(of route: Route) -> JSONValue {
        var members: [JSONValue.Member] = route.endpoints.compactMap { endpoint in
            Operations.of(endpoint.method.rawValue, route.pattern.text).map { operation in
                .init(
                    endpoint.method.rawValue.lowercased(),
                    ContractOperation(operation, endpoint, isProbe: route.isProbe, hasKeys: hasKeys).jsonValue)
            }
        }
        let parameters = route.pattern.parameterNames.map { name -> JSONValue in
            [
                "name": .string(name), "in": "path", "required": true, "schema": Self.pathParameter(name).jsonValue,
                "example": .string(Self.pathExamples[name] ?? name),
            ]
        }
        members.append(.init("parameters", .array(parameters + [["$ref": "#/components/parameters/RequestID"]])))
        return .object(members)
    }

    private static func pathParameter(_ name: String) -> Schema {
        switch name {
        case "symbol": .symbol
        case "name": .name
        default: .string
        }
    }

    private static let pathExamples = ["symbol": "USDCOP", "name": "spread", "build": "current", "file": "page.css"]

    private var components: JSONValue {
        [
            "schemas": .object(ContractSchemas.all.map { .init($0.name, $0.schema.jsonValue) }),
            "parameters": ContractHeaders.parameters, "headers": ContractHeaders.all, "responses": ContractProblems.responses,
            "securitySchemes": [
                "bearer": ["type": "http", "scheme": "bearer", "description": "An API key."],
                "key": ["type": "apiKey", "in": "header", "name": "X-API-Key", "description": "The same key in a header of its own."],
            ],
        ]
    }
}

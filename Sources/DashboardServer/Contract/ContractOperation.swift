import CacheServices
import HTTPTypes

/// One operation of the document: what is said of it, and what the route table knows of its endpoint.
struct ContractOperation: Sendable {
    private let operation: Operation
    private let endpoint: Route.Endpoint
    private let isProbe: Bool
    private let hasKeys: Bool

    init(_ operation: Operation, _ endpoint: Route.Endpoint, isProbe: Bool, hasKeys: Bool) {
        self.isProbe = isProbe
        self.operation = operation
        self.endpoint = endpoint
        self.hasKeys = hasKeys
    }

    /// Every error that it can answer. Which follow from the kind of endpoint is said here and nowhere else.
    var problems: Set<ProblemCode> {
        var problems = Set(ContractDocument.everywhere + operation.problems)
        if !isProbe { problems.formUnion(ContractDocument.atBorders) }
        if let role = endpoint.role {
            problems.insert(.unauthenticated)
            // Whoever has a key at all is a reader.
            if role > .reader { problems.insert(.forbidden) }
        }
        if !endpoint.method.isRead { problems.insert(.foreignOrigin) }
        if endpoint.body != .none {
            problems.formUnion([.malformedBody, .bodyTooLarge, .unsupportedMediaType, .validationFailed])
        }
        switch operation.reach {
        case .itself: break
        case .time: problems.insert(.timeout)
        case .redis: problems.formUnion(ContractDocument.ofRedis(isRead: endpoint.method.isRead))
        case .steps: problems.formUnion(ContractDocument.ofRedis(isRead: endpoint.method.isRead) + [.timeout])
        }
        return problems
    }

    var jsonValue: JSONValue {
        var members: [JSONValue.Member] = [
            .init("operationId", .string(operation.id)), .init("tags", [.string(operation.tag.rawValue)]),
            .init("summary", .string(operation.summary)), .init("description", .string(description)),
            .init("security", security), .init("responses", responses),
            .init("x-codes", .array(problems.map(\.rawValue).sorted().map { .string($0) })),
        ]
        if let role = endpoint.role { members.append(.init("x-role", .string(role.rawValue))) }
        let parameters = QueryShape(operation.query).jsonParameters(operation.queryExamples) + headers
        if !parameters.isEmpty { members.append(.init("parameters", .array(parameters))) }
        if let body = operation.body {
            members.append(
                .init(
                    "requestBody",
                    [
                        "required": true, "description": .string("At most \(endpoint.body.maximumSize) bytes of JSON in UTF-8."),
                        "content": [
                            Answer.MediaType.json.rawValue: [
                                "schema": body.schema.jsonValue, "examples": OperationExample.json(body.examples),
                            ]
                        ],
                    ]))
        }
        return .object(members)
    }

    private var description: String {
        let access = endpoint.role.map { "Role: \($0.rawValue)." } ?? "Open to everybody."
        return operation.detail.isEmpty ? access : "\(operation.detail)\n\n\(access)"
    }

    /// Without keys those on this machine are writers; an administrator always needs one.
    private var security: JSONValue {
        guard let role = endpoint.role else { return [] }
        let schemes: [JSONValue] = [["bearer": []], ["key": []]]
        return .array(hasKeys || role == .administrator ? schemes : [.object([])] + schemes)
    }

    private var headers: [JSONValue] {
        (operation.headers + (hasTags ? ["IfNoneMatch"] : [])).map { ["$ref": .string("#/components/parameters/\($0)")] }
    }

    /// Whether an unchanged answer need not be sent again.
    private var hasTags: Bool { endpoint.method.isRead && !operation.replies.contains { $0.type == .eventStream } }

    private var responses: JSONValue {
        var answers: [Int: JSONValue] = [:]
        for status in Set(problems.map(\.status)) { answers[status] = ["$ref": .string("#/components/responses/\(status)")] }
        if hasTags { answers[304] = ["$ref": "#/components/responses/304"] }
        for status in Set(operation.replies.map(\.status)) { answers[status] = reply(status, orProblem: answers[status] != nil) }
        return .object(answers.sorted { $0.key < $1.key }.map { .init(String($0.key), $0.value) })
    }

    private func reply(_ status: Int, orProblem: Bool) -> JSONValue {
        let replies = operation.replies.filter { $0.status == status }
        var content = replies.map { reply -> JSONValue.Member in
            var members: [JSONValue.Member] = [.init("schema", reply.schema.jsonValue)]
            if !reply.examples.isEmpty { members.append(.init("examples", OperationExample.json(reply.examples))) }
            return .init(reply.type.rawValue, .object(members))
        }
        if orProblem { content.append(ContractProblems.content(status)) }
        let names = ContractHeaders.ofEveryAnswer + (status == 200 && hasTags ? ["ETag"] : []) + replies.flatMap(\.headers)
        return [
            "description": .string(replies.first?.sentence ?? ""), "headers": ContractHeaders.references(names),
            "content": .object(content),
        ]
    }
}

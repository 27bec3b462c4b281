import CacheServices

/// The errors of the document: one response for each status, with the codes that have it.
enum ContractProblems {
    static let responses: JSONValue = .object(
        [.init("304", unchanged)] + Set(ProblemCode.allCases.map(\.status)).sorted().map { .init(String($0), response($0)) })

    /// No error, but shared like them.
    private static let unchanged: JSONValue = [
        "description": "What is there already is what the answer would be.",
        "headers": ContractHeaders.references(ContractHeaders.ofEveryAnswer + ["ETag"]),
    ]

    /// What a problem of a status looks like.
    static func content(_ status: Int) -> JSONValue.Member {
        let codes = ProblemCode.allCases.filter { $0.status == status }
        let schema: JSONValue = [
            "allOf": [
                Schema.ref("Problem").jsonValue,
                ["properties": ["status": ["const": .integer(status)], "code": Schema.words(codes.map(\.rawValue)).jsonValue]],
            ]
        ]
        return .init(
            Answer.MediaType.problem.rawValue, ["schema": schema, "examples": OperationExample.json(codes.prefix(1).map(example))])
    }

    private static func response(_ status: Int) -> JSONValue {
        let codes = ProblemCode.allCases.filter { $0.status == status }
        let sentences = codes.map { "`\($0.rawValue)`: \($0.title)." }.joined(separator: "\n")
        var names = ContractHeaders.ofEveryAnswer
        switch status {
        case 401: names.append("WWW-Authenticate")
        case 405: names.append("Allow")
        case 429, 503: names.append("Retry-After")
        default: break
        }
        return [
            "description": .string(sentences), "headers": ContractHeaders.references(names), "content": .object([content(status)]),
        ]
    }

    private static func example(_ code: ProblemCode) -> OperationExample {
        OperationExample(
            code.rawValue,
            [
                "type": .string("urn:usdcop:problem:\(code.rawValue)"), "title": .string(code.title), "status": .integer(code.status),
                "detail": .string("\(code.title)."), "instance": "urn:usdcop:request:desk-1", "code": .string(code.rawValue),
            ])
    }
}

import CacheServices

/// Headers that operations take and answers have.
enum ContractHeaders {
    static let ofEveryAnswer = ["X-Request-ID", "X-Cache-Backend", "X-Cache-Stale", "Age", "RateLimit", "RateLimit-Policy"]

    static func references(_ names: [String]) -> JSONValue {
        .object(Set(names).sorted().map { .init($0, ["$ref": .string("#/components/headers/\($0)")]) })
    }

    static let all: JSONValue = [
        "X-Request-ID": header(.string, "The request's own if that is sane, else a new one; the log has it.", isAlwaysThere: true),
        "X-Cache-Backend": header(.words(of: CacheBackend.self), "Where cache data comes from.", isAlwaysThere: true),
        "X-Cache-Stale": header(.word("true"), "It comes from memory, and is as old as `Age` says."),
        "Age": header(.count, "In seconds."),
        "RateLimit": header(
            .string, "What is left of the client's rate, and in how many seconds there is more; where requests are counted."),
        "RateLimit-Policy": header(.string, "The rate that holds for the client; where requests are counted."),
        "ETag": header(.string, "For `If-None-Match`. Files of the trail have none."),
        "Retry-After": header(.count, "In seconds.", isAlwaysThere: true),
        "Allow": header(.string, "The methods of the route.", isAlwaysThere: true),
        "WWW-Authenticate": header(.string, "How to authenticate.", isAlwaysThere: true),
        "Idempotent-Replayed": header(.word("true"), "The trail had this request already."),
        "Content-Disposition": header(.string, "The name of the file of an export."),
    ]

    static let parameters: JSONValue = [
        "RequestID": [
            "name": "X-Request-ID", "in": "header", "schema": ["type": "string"], "example": "desk-1",
            "description": .string(
                "What the log and the answer call the request: 1 to \(RequestID.maximumLength) letters, digits and `._-`; else it is passed by."
            ),
        ],
        "IfNoneMatch": [
            "name": "If-None-Match", "in": "header", "schema": ["type": "string"], "example": "\"0\"",
            "description": "The `ETag` of what is there already: an unchanged answer is 304.",
        ],
        "IdempotencyKey": [
            "name": "Idempotency-Key", "in": "header", "description": "Makes a repeated request one event, for a day.",
            "schema": ["type": "string", "pattern": "^[\\x21-\\x7e]{1,255}$"], "example": "desk-open-2025-01-15",
        ],
        "LastEventID": [
            "name": "Last-Event-ID", "in": "header", "description": "Goes on behind this event; counts more than `last_event_id`.",
            "schema": Schema.streamCursor.jsonValue, "example": "0-0_0-0",
        ],
    ]

    private static func header(_ schema: Schema, _ sentence: String, isAlwaysThere: Bool = false) -> JSONValue {
        var members: [JSONValue.Member] = [.init("description", .string(sentence)), .init("schema", schema.jsonValue)]
        if isAlwaysThere { members.append(.init("required", true)) }
        return .object(members)
    }
}

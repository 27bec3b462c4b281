import CacheServices

/// A request or an answer to learn from.
struct OperationExample: Sendable {
    let name: String
    let value: JSONValue

    init(_ name: String, _ value: JSONValue) {
        self.name = name
        self.value = value
    }

    /// As OpenAPI has them: by their names.
    static func json(_ examples: [OperationExample]) -> JSONValue {
        .object(examples.map { .init($0.name, ["value": $0.value]) })
    }
}

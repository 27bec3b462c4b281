/// One parameter of a query, as the reader of the query asks for it.
struct QueryParameter: Sendable, Hashable {
    let name: String
    let schema: Schema
    let isRequired: Bool
}

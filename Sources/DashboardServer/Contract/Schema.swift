import CacheServices

/// A JSON Schema (2020-12), as the contract shows it.
struct Schema: Sendable, Hashable {
    /// Its keywords.
    let members: [JSONValue.Member]

    init(_ members: [JSONValue.Member]) {
        self.members = members
    }

    init(_ keywords: JSONValue) {
        members = keywords.members ?? []
    }

    var jsonValue: JSONValue { .object(members) }

    /// The same with more said of it.
    func with(_ name: String, _ value: JSONValue) -> Schema {
        Schema(members.filter { $0.name != name } + [.init(name, value)])
    }

    /// What it is for.
    func said(_ sentence: String) -> Schema { with("description", .string(sentence)) }

    func titled(_ title: String) -> Schema { with("title", .string(title)) }

    /// The same, or null.
    var orNull: Schema {
        guard case .string(let type)? = jsonValue["type"], jsonValue["enum"] == nil, jsonValue["const"] == nil else {
            return .any([self, .null])
        }
        return with("type", [.string(type), "null"])
    }
}

extension Schema {
    /// A schema of the document's components.
    static func ref(_ name: String) -> Schema { Schema(["$ref": .string("#/components/schemas/\(name)")]) }

    /// One of several at least.
    static func any(_ schemas: [Schema]) -> Schema { Schema(["anyOf": .array(schemas.map(\.jsonValue))]) }

    /// Exactly one of several.
    static func one(_ schemas: [Schema]) -> Schema { Schema(["oneOf": .array(schemas.map(\.jsonValue))]) }

    static func array(_ items: Schema) -> Schema { Schema(["type": "array", "items": items.jsonValue]) }

    /// An object whose names are not known before.
    static func map(_ values: Schema) -> Schema { Schema(["type": "object", "additionalProperties": values.jsonValue]) }

    /// An object with fields; a name that ends with `?` may be absent. What clients do not know they pass by.
    static func object(_ fields: KeyValuePairs<String, Schema>) -> Schema {
        var (properties, required): ([JSONValue.Member], [JSONValue]) = ([], [])
        for (name, schema) in fields {
            let isOptional = name.hasSuffix("?")
            let name = isOptional ? String(name.dropLast()) : name
            properties.append(.init(name, schema.jsonValue))
            if !isOptional { required.append(.string(name)) }
        }
        var members: [JSONValue.Member] = [.init("type", "object"), .init("properties", .object(properties))]
        if !required.isEmpty { members.append(.init("required", .array(required))) }
        return Schema(members)
    }

    /// An object with one more field, which is never absent.
    func adding(_ name: String, _ schema: Schema) -> Schema {
        let properties = (jsonValue["properties"]?.members ?? []) + [.init(name, schema.jsonValue)]
        let required = (jsonValue["required"]?.elements ?? []) + [.string(name)]
        return with("properties", .object(properties)).with("required", .array(required))
    }

    /// The same without any other field: what comes in.
    var closed: Schema { with("additionalProperties", false) }
}

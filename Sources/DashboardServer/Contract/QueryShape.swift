import CacheServices

/// The queries that a route takes, found by letting the route's own reader ask for everything that it knows.
struct QueryShape: Sendable {
    /// Reads a query to its end; the values do not matter here.
    typealias Reading = @Sendable (inout QueryReader) throws(Problem) -> Void

    /// Parameters that may be given together.
    struct Variant: Sendable {
        /// The word of the parameter `type` that chooses it; nil where there is no such choice.
        let kind: String?
        let parameters: [QueryParameter]
        /// Two of the parameters of which exactly one must be given.
        let alternatives: [String]
    }

    let variants: [Variant]

    /// The parameter that says which others there are.
    static let kindName = "type"

    init(_ reading: Reading) {
        let first = Self.variant(of: nil, reading)
        guard let kind = first.parameters.first(where: { $0.name == Self.kindName }), let words = kind.schema.jsonValue["enum"]?.elements
        else {
            variants = [first]
            return
        }
        let standard = kind.schema.jsonValue["default"]
        variants = words.compactMap(\.text).map { word in
            let variant = Self.variant(of: word, reading)
            let chosen = QueryParameter(name: Self.kindName, schema: .word(word), isRequired: .string(word) != standard)
            return Variant(
                kind: word, parameters: [chosen] + variant.parameters.filter { $0.name != Self.kindName },
                alternatives: variant.alternatives)
        }
    }

    private static func variant(of kind: String?, _ reading: Reading) -> Variant {
        var reader = QueryReader.describing(kind.map { "\(kindName)=\($0)" })
        // A parameter that is required is missing here; what was asked for is known all the same.
        do throws(Problem) { try reading(&reader) } catch {}
        return Variant(kind: kind, parameters: reader.declarations ?? [], alternatives: reader.alternatives)
    }
}

extension QueryShape {
    /// The parameters of an operation. Those that depend on each other are one parameter that is an object, each field of which goes into
    /// the query by its own name (`style: form`, `explode: true`): only so the document can say what goes together.
    func jsonParameters(_ examples: [OperationExample]) -> [JSONValue] {
        guard let first = variants.first, variants.count == 1, first.alternatives.isEmpty else { return [together(examples)] }
        return first.parameters.map { parameter in
            var members: [JSONValue.Member] = [
                .init("name", .string(parameter.name)), .init("in", "query"), .init("schema", parameter.schema.jsonValue),
            ]
            if parameter.isRequired { members.append(.init("required", true)) }
            if parameter.schema.jsonValue["type"] == "array" { members += [.init("style", "form"), .init("explode", false)] }
            if let sentence = parameter.schema.jsonValue["description"] { members.append(.init("description", sentence)) }
            if let example = examples.first?.value[parameter.name] { members.append(.init("example", example)) }
            return .object(members)
        }
    }

    private func together(_ examples: [OperationExample]) -> JSONValue {
        let isRequired = variants.allSatisfy { !$0.alternatives.isEmpty || $0.parameters.contains(where: \.isRequired) }
        let choices = variants.flatMap(\.schemas)
        return .object([
            .init("name", "query"), .init("in", "query"), .init("style", "form"), .init("explode", true),
            .init("required", .bool(isRequired)),
            .init("description", "Each field is a parameter of the query, by its own name."),
            .init("schema", ["type": "object", "oneOf": .array(choices.map(\.jsonValue))]),
            .init("examples", OperationExample.json(examples)),
        ])
    }
}

extension QueryShape.Variant {
    /// An object for each way of giving the parameters.
    fileprivate var schemas: [Schema] {
        guard !alternatives.isEmpty else { return [schema(title: kind, parameters)] }
        return alternatives.map { chosen in
            let own = parameters.filter { $0.name == chosen || !alternatives.contains($0.name) }
            return schema(
                title: chosen, own.map { QueryParameter(name: $0.name, schema: $0.schema, isRequired: $0.isRequired || $0.name == chosen) })
        }
    }

    private func schema(title: String?, _ parameters: [QueryParameter]) -> Schema {
        var members: [JSONValue.Member] = [
            .init("type", "object"), .init("additionalProperties", false),
            .init("properties", .object(parameters.map { .init($0.name, $0.schema.jsonValue) })),
        ]
        let required = parameters.filter(\.isRequired).map { JSONValue.string($0.name) }
        if !required.isEmpty { members.append(.init("required", .array(required))) }
        if let title { members.append(.init("title", .string(title))) }
        return Schema(members)
    }
}

import CacheServices

extension ContractReading {
    /// An object inside an example, which the document says to have no other fields.
    struct ClosedObject: Sendable {
        /// The names and numbers that lead to it.
        let path: [String]
        let properties: [String]
        let required: [String]
        /// The fields that the example has.
        let present: [String]
        /// Whether the fields that it has are as few as there may be.
        let isNeededByCount: Bool

        func adding(_ name: String, to example: JSONValue) -> JSONValue {
            Self.changed(example, path[...]) { $0 + [.init(name, 1)] }
        }

        func removing(_ name: String, from example: JSONValue) -> JSONValue {
            Self.changed(example, path[...]) { $0.filter { $0.name != name } }
        }

        private static func changed(
            _ value: JSONValue, _ path: ArraySlice<String>, _ change: ([JSONValue.Member]) -> [JSONValue.Member]
        ) -> JSONValue {
            guard let step = path.first else { return .object(change(value.members ?? [])) }
            if let elements = value.elements {
                return .array(
                    elements.enumerated().map { "\($0.offset)" == step ? changed($0.element, path.dropFirst(), change) : $0.element })
            }
            return .object(
                (value.members ?? []).map { $0.name == step ? .init(step, changed($0.value, path.dropFirst(), change)) : $0 })
        }
    }

    /// The closed objects of an example, from the outside in.
    func closedObjects(in example: JSONValue, _ schema: JSONValue, path: [String] = []) -> [ClosedObject] {
        let schema = resolved(schema)
        if let choices = schema["oneOf"]?.elements {
            guard let choice = choices.first(where: { fits(example, $0) }) else { return [] }
            return closedObjects(in: example, choice, path: path)
        }
        if let elements = example.elements, let items = schema["items"] {
            return elements.enumerated().flatMap { closedObjects(in: $0.element, items, path: path + ["\($0.offset)"]) }
        }
        guard let members = example.members, let properties = schema["properties"]?.members else { return [] }
        let inner = members.flatMap { member in
            closedObjects(in: member.value, schema["properties"]?[member.name] ?? .null, path: path + [member.name])
        }
        guard schema["additionalProperties"] == false else { return inner }
        let own = ClosedObject(
            path: path, properties: properties.map(\.name).sorted(), required: (schema["required"]?.elements ?? []).compactMap(\.text),
            present: members.map(\.name), isNeededByCount: schema["minProperties"]?.double == Double(members.count))
        return [own] + inner
    }

    /// Whether an object has what one of several asks: its fields, and its word where it has one.
    private func fits(_ example: JSONValue, _ choice: JSONValue) -> Bool {
        let choice = resolved(choice)
        guard let members = example.members, let properties = choice["properties"] else { return false }
        return members.allSatisfy { member in
            guard let property = properties[member.name] else { return false }
            return property["enum"]?.elements?.contains(member.value) ?? true
        }
    }
}

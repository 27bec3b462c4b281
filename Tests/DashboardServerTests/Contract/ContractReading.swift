import CacheServices

/// The document as a reader sees it, who knows nothing of how it was made.
struct ContractReading: Sendable {
    /// Parameters of a query that go together.
    struct Variant: Sendable {
        let kind: String?
        let names: [String]
    }

    let json: JSONValue

    init(_ json: JSONValue) { self.json = json }

    var paths: [String: JSONValue] {
        Dictionary((json["paths"]?.members ?? []).map { ($0.name, $0.value) }) { first, _ in first }
    }

    var operations: [Named] {
        paths.sorted { $0.key < $1.key }.flatMap { path, item in
            (item.members ?? []).filter { $0.name != "parameters" }.map { member in
                Named(
                    method: member.name.uppercased(), path: path, value: member.value,
                    pathParameters: item["parameters"]?.elements ?? [])
            }
        }
    }

    func operation(_ name: String) -> JSONValue? { operations.first { $0.name == name }?.value }

    /// What a reference leads to.
    func resolved(_ schema: JSONValue) -> JSONValue {
        guard let name = schema["$ref"]?.text?.split(separator: "/").last else { return schema }
        return json["components"]?["schemas"]?[String(name)] ?? .null
    }

    /// The names at the end of a sentence, sorted.
    static func list(in sentence: String, behind words: String) -> [String] {
        guard let range = sentence.firstRange(of: words) else { return [] }
        return sentence[range.upperBound...].split(separator: ",").map { $0.drop { $0 == " " } }.map(String.init).sorted()
    }
}

extension ContractReading {
    /// An operation with its method and its path.
    struct Named: Sendable {
        let method: String
        let path: String
        let value: JSONValue
        let pathParameters: [JSONValue]

        var name: String { "\(method) \(path)" }

        /// A path that leads to it, by the examples.
        var target: String {
            pathParameters.reduce(path) { path, parameter in
                path.replacingSubrange("{\(parameter["name"]?.text ?? "")}", parameter["example"]?.text ?? "")
            }
        }

        var statuses: [Int] { (value["responses"]?.members ?? []).compactMap { Int($0.name) } }

        private var content: JSONValue? { value["requestBody"]?["content"]?["application/json"] }

        var bodySchema: JSONValue { content?["schema"] ?? .null }

        var bodyExamples: [JSONValue] { (content?["examples"]?.members ?? []).compactMap { $0.value["value"] } }

        private var queryParameters: [JSONValue] { (value["parameters"]?.elements ?? []).filter { $0["in"] == "query" } }

        /// One that is an object is all of them.
        private var together: JSONValue? { queryParameters.first { $0["schema"]?["type"] == "object" } }

        var queryVariants: [Variant] {
            guard let choices = together?["schema"]?["oneOf"]?.elements else {
                return [Variant(kind: nil, names: queryParameters.compactMap { $0["name"]?.text }.sorted())]
            }
            let hasKind = choices.contains { $0["properties"]?["type"] != nil }
            guard hasKind else {
                let names = Set(choices.flatMap { ($0["properties"]?.members ?? []).map(\.name) })
                return [Variant(kind: nil, names: names.sorted())]
            }
            return choices.map { choice in
                Variant(
                    kind: choice["properties"]?["type"]?["enum"]?.elements?.first?.text,
                    names: (choice["properties"]?.members ?? []).map(\.name).sorted())
            }
        }

        var queryExamples: [String] {
            guard let examples = together?["examples"]?.members else { return [] }
            return examples.compactMap { $0.value["value"]?.members }.map { members in
                members.map { "\($0.name)=\($0.value.text ?? String(decoding: JSONWriter.bytes($0.value), as: UTF8.self))" }
                    .joined(separator: "&")
            }
        }
    }
}

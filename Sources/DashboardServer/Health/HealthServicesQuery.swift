import CacheServices

/// What `GET /api/health/services` asks for.
enum HealthServicesQuery: Sendable, Hashable {
    case status(refresh: Bool)
    case registry
    case history(OperationName, limit: Int)

    private enum Kind: String, CaseIterable {
        case status, registry, history
    }

    private enum Choice: String, CaseIterable {
        case yes = "true"
        case no = "false"
    }

    /// - Throws: ``Problem`` naming every parameter that is wrong.
    init(_ query: String?) throws(Problem) {
        var reader = QueryReader(query)
        try self.init(&reader)
    }

    init(_ reader: inout QueryReader) throws(Problem) {
        switch try reader.kind(standard: Kind.status) {
        case .status: self = .status(refresh: reader.choice("refresh", of: Choice.self) == .yes)
        case .registry: self = .registry
        case .history:
            let name = reader.service("service")
            let limit = reader.integer("limit", in: 1...1000) ?? 100
            self = .history(try reader.finish(with: name), limit: limit)
        }
        try reader.finish()
    }
}

extension QueryReader {
    /// Takes the name of a service, which is required.
    fileprivate mutating func service(_ name: String) -> OperationName? {
        guard let text = text(name, .name, isRequired: true) else { return nil }
        do throws(ValidationError) {
            return try OperationName(text)
        } catch {
            report(name, .malformed, error.problems.first?.sentence ?? "must be a name")
            return nil
        }
    }
}

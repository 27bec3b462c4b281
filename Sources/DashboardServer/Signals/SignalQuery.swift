import CacheServices

/// What `GET /api/cache/signals` asks for. Each type has parameters of its own; those of another type are refused.
enum SignalQuery: Sendable, Hashable {
    case latest
    case history(Symbol, limit: Int)
    case stats(Symbol)
    case all
    case range(Symbol, start: Timestamp, end: Timestamp)

    private enum Kind: String, CaseIterable {
        case latest, history, stats, all, range
    }

    /// - Throws: ``Problem`` naming every parameter that is wrong.
    init(_ query: String?) throws(Problem) {
        guard let query, query != "type=latest" else {
            self = .latest
            return
        }
        var reader = QueryReader(query)
        try self.init(&reader)
    }

    init(_ reader: inout QueryReader) throws(Problem) {
        switch try reader.kind(standard: Kind.latest) {
        case .latest:
            try reader.finish()
            self = .latest
        case .all:
            try reader.finish()
            self = .all
        case .history:
            let symbol = reader.symbol("symbol", isRequired: true)
            let limit = reader.integer("limit", in: 1...100)
            self = .history(try reader.finish(with: symbol), limit: limit ?? 50)
        case .stats:
            let symbol = reader.symbol("symbol", isRequired: true)
            self = .stats(try reader.finish(with: symbol))
        case .range:
            let symbol = reader.symbol("symbol", isRequired: true)
            let start = reader.timestamp("start", isRequired: true)
            let end = reader.timestamp("end", isRequired: true)
            if let start, let end, end < start { reader.report("end", .outOfRange, "must not be before start") }
            self = .range(try reader.finish(with: symbol), start: start ?? .earliest, end: end ?? .latest)
        }
    }
}

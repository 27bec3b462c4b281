import CacheServices

/// What `GET /api/performance` asks for. Each type has parameters of its own; those of another type are refused.
enum PerformanceQuery: Sendable, Hashable {
    case metrics(OperationName?)
    case slow(OperationName?, thresholdMS: Double, limit: Int)
    case failed(OperationName?, limit: Int)
    case summary

    private enum Kind: String, CaseIterable {
        case metrics, slow, failed, summary
    }

    /// - Throws: ``Problem`` naming every parameter that is wrong.
    init(_ query: String?) throws(Problem) {
        var reader = QueryReader(query)
        try self.init(&reader)
    }

    init(_ reader: inout QueryReader) throws(Problem) {
        switch try reader.kind(standard: Kind.metrics) {
        case .metrics: self = .metrics(reader.operation("operation"))
        case .slow:
            self = .slow(
                reader.operation("operation"), thresholdMS: reader.milliseconds("threshold_ms") ?? 100,
                limit: reader.integer("limit", in: 1...1000) ?? 100)
        case .failed: self = .failed(reader.operation("operation"), limit: reader.integer("limit", in: 1...1000) ?? 100)
        case .summary: self = .summary
        }
        try reader.finish()
    }
}

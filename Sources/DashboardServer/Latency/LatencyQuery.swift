import CacheServices
import HealthServices

/// What `GET /api/health/latency` asks for. Each type has parameters of its own; those of another type are refused.
enum LatencyQuery: Sendable, Hashable {
    case stats(service: OperationName?, operation: OperationName?)
    /// The interval is in seconds.
    case trend(service: OperationName?, operation: OperationName?, minutes: Int, interval: Int)
    case recent(service: OperationName?, limit: Int)
    case endToEnd(minutes: Int)
    case highLatency(limit: Int)

    private enum Kind: String, CaseIterable {
        case stats, trend, recent
        case endToEnd = "end-to-end"
        case highLatency = "high-latency"
    }

    /// - Throws: ``Problem`` naming every parameter that is wrong.
    init(_ query: String?) throws(Problem) {
        var reader = QueryReader(query)
        try self.init(&reader)
    }

    init(_ reader: inout QueryReader) throws(Problem) {
        switch try reader.kind(standard: Kind.stats) {
        case .stats: self = .stats(service: reader.operation("service"), operation: reader.operation("operation"))
        case .trend:
            let (service, operation) = (reader.operation("service"), reader.operation("operation"))
            let minutes = reader.integer("minutes", in: LatencyMonitor.minutes) ?? 5
            let interval =
                reader.integer("interval", in: 1...minutes * 60, widest: 1...LatencyMonitor.minutes.upperBound * 60) ?? minutes * 60 / 20
            self = .trend(service: service, operation: operation, minutes: minutes, interval: interval)
        case .recent:
            self = .recent(service: reader.operation("service"), limit: reader.integer("limit", in: LatencyMonitor.listed) ?? 100)
        case .endToEnd: self = .endToEnd(minutes: reader.integer("minutes", in: LatencyMonitor.minutes) ?? 5)
        case .highLatency: self = .highLatency(limit: reader.integer("limit", in: LatencyMonitor.listed) ?? 5)
        }
        try reader.finish()
    }
}

import CacheServices
import Hiredis

/// The kept samples of one operation, oldest first.
struct PerformanceSeries: Sendable {
    /// One sample; what only lists of entries need is read when they need it.
    struct Sample: Sendable {
        let durationMS: Double
        let success: Bool
        let rest: Rest
    }

    /// The other half of a sample.
    enum Rest: Sendable {
        case entry(PerformanceLogEntry)
        /// The fields of a stream entry, names and values in turn, and the entry's identity.
        case fields([RedisReply], id: StreamID)
    }

    let operation: OperationName
    var samples: [Sample] = []
    /// Whether something there could not be read, and was passed by.
    var isDamaged = false

    /// The figures; `nil` without samples.
    var metrics: LatencyMetrics? {
        SampleStatistics(samples.map(\.durationMS), successes: samples.count(where: \.success)).map { LatencyMetrics(operation, $0) }
    }
}

extension PerformanceSeries.Sample {
    init(_ entry: PerformanceLogEntry) {
        self.init(durationMS: entry.durationMS, success: entry.success, rest: .entry(entry))
    }

    /// The whole entry of a sample in the series of an operation.
    ///
    /// A timestamp that cannot be read gives way to the time at which Redis got the entry, and metadata that cannot be read is left out:
    /// the sample itself is good.
    func entry(of operation: OperationName) -> PerformanceLogEntry {
        switch rest {
        case .entry(let entry): return entry
        case .fields(let fields, let id):
            var (name, timestamp, metadata) = (operation, Timestamp?.none, [String: JSONValue]?.none)
            for index in stride(from: 0, to: fields.count - 1, by: 2) {
                guard case .bulk(let field) = fields[index], let value = fields[index + 1].bytes else { continue }
                if field.elementsEqual(PerformanceField.timestamp.utf8) {
                    timestamp = Timestamp(iso8601: String(decoding: value, as: UTF8.self))
                } else if field.elementsEqual(PerformanceField.metadata.utf8) {
                    let members = (try? JSONParser.parse(value, duplicateKeys: .lastWins))?.members
                    metadata = members.map { Dictionary($0.map { ($0.name, $0.value) }) { $1 } }
                } else if field.elementsEqual(PerformanceField.operation.utf8) {
                    name = (try? OperationName(String(decoding: value, as: UTF8.self))) ?? operation
                }
            }
            return PerformanceLogEntry(
                operation: name, durationMS: durationMS, timestamp: timestamp ?? Timestamp(milliseconds: Int64(clamping: id.milliseconds)),
                success: success, metadata: metadata)
        }
    }
}

/// The fields of a stream entry of the performance logger.
enum PerformanceField {
    static let duration = "duration_ms"
    static let timestamp = "timestamp"
    static let success = "success"
    static let metadata = "metadata"
    /// Only where the stream is not the operation's own.
    static let operation = "operation"
}

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
        guard let span, let statistics = SampleStatistics(samples.map(\.durationMS), successes: samples.count(where: \.success)) else {
            return nil
        }
        return LatencyMetrics(operation, statistics, span)
    }

    /// From the earliest sample to the latest; `nil` without samples. They come in the order of their arrival, and clocks differ.
    var span: ClosedRange<Timestamp>? {
        guard var (first, last) = samples.first.map({ ($0.timestamp, $0.timestamp) }) else { return nil }
        for sample in samples.dropFirst() {
            let time = sample.timestamp
            (first, last) = (min(first, time), max(last, time))
        }
        return first...last
    }
}

extension PerformanceSeries.Sample {
    init(_ entry: PerformanceLogEntry) {
        self.init(durationMS: entry.durationMS, success: entry.success, rest: .entry(entry))
    }

    /// When it ended. A timestamp that cannot be read gives way to the time at which Redis got the entry.
    var timestamp: Timestamp {
        switch rest {
        case .entry(let entry): return entry.timestamp
        case .fields(let fields, let id):
            let written = Self.value(of: PerformanceField.timestamp, in: fields).flatMap {
                Timestamp(iso8601: String(decoding: $0, as: UTF8.self))
            }
            return written ?? Timestamp(milliseconds: Int64(clamping: id.milliseconds))
        }
    }

    /// The whole entry of a sample in the series of an operation. Metadata that cannot be read is left out: the sample itself is good.
    func entry(of operation: OperationName) -> PerformanceLogEntry {
        switch rest {
        case .entry(let entry): return entry
        case .fields(let fields, _):
            let members = Self.value(of: PerformanceField.metadata, in: fields).flatMap {
                (try? JSONParser.parse($0, duplicateKeys: .lastWins))?.members
            }
            let name = Self.value(of: PerformanceField.operation, in: fields).flatMap {
                try? OperationName(String(decoding: $0, as: UTF8.self))
            }
            return PerformanceLogEntry(
                operation: name ?? operation, durationMS: durationMS, timestamp: timestamp, success: success,
                metadata: members.map { Dictionary($0.map { ($0.name, $0.value) }) { $1 } })
        }
    }

    /// The last value under a name, as a reader that takes fields one after the other would have it.
    private static func value(of name: String, in fields: [RedisReply]) -> [UInt8]? {
        for index in stride(from: fields.count - 2 - fields.count % 2, through: 0, by: -2) {
            if case .bulk(let field) = fields[index], field.elementsEqual(name.utf8), let value = fields[index + 1].bytes { return value }
        }
        return nil
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

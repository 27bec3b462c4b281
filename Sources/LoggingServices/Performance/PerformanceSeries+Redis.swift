import CacheServices
import Hiredis

extension PerformanceSeries {
    /// Reads the answer of XRANGE. Entries without a readable duration and success are passed by.
    init(_ operation: OperationName, _ reply: RedisReply) throws(CacheError) {
        guard let entries = reply.array else { throw .unexpectedReply(KeySchema.performance(operation)) }
        self.init(operation: operation)
        samples.reserveCapacity(entries.count)
        for entry in entries {
            if let sample = Sample(entry) { samples.append(sample) } else { isDamaged = true }
        }
    }
}

extension PerformanceSeries.Sample {
    fileprivate init?(_ reply: RedisReply) {
        guard let parts = reply.array, parts.count == 2, let id = parts[0].text.flatMap(StreamID.init), let fields = parts[1].array else {
            return nil
        }
        var (duration, success) = (Double?.none, Bool?.none)
        for index in stride(from: 0, to: fields.count - 1, by: 2) {
            guard case .bulk(let field) = fields[index], case .bulk(let value) = fields[index + 1] else { continue }
            if duration == nil, field.elementsEqual(PerformanceField.duration.utf8) {
                duration = Self.duration(value)
            } else if success == nil, field.elementsEqual(PerformanceField.success.utf8) {
                success = Self.truth(value)
            }
        }
        guard let duration, let success else { return nil }
        self.init(durationMS: duration, success: success, rest: .fields(fields, id: id))
    }

    private static func duration(_ bytes: [UInt8]) -> Double? {
        // Swift's own reading also takes hexadecimal digits, `inf` and `nan`.
        guard bytes.allSatisfy({ (0x30...0x39).contains($0) || ".+-eE".utf8.contains($0) }) else { return nil }
        return Double(String(decoding: bytes, as: UTF8.self)).flatMap { PerformanceLogEntry.duration.allows($0) ? $0 : nil }
    }

    private static func truth(_ bytes: [UInt8]) -> Bool? {
        switch bytes.count {
        case 1 where bytes[0] == UInt8(ascii: "1"): true
        case 1 where bytes[0] == UInt8(ascii: "0"): false
        case 4 where bytes.elementsEqual("true".utf8): true
        case 5 where bytes.elementsEqual("false".utf8): false
        default: nil
        }
    }
}

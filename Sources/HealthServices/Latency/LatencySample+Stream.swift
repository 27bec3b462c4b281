import CacheServices

extension LatencySample {
    /// Reads an entry of the stream; `nil` without readable names, latency and success.
    ///
    /// A timestamp that is absent or cannot be read gives way to the time at which Redis got the entry.
    init?(_ entry: StreamEntry, _ names: SeriesNames) {
        var (service, operation): (OperationName?, OperationName?)
        var (latency, success, timestamp, metadata): (Double?, Bool?, Timestamp?, [UInt8]?)
        for field in entry.fields {
            switch field.name {
            case LatencyField.timestamp: timestamp = timestamp ?? Timestamp(iso8601: String(decoding: field.value, as: UTF8.self))
            case LatencyField.service: service = service ?? Self.name(field.value)
            case LatencyField.operation: operation = operation ?? Self.name(field.value)
            case LatencyField.latency: latency = latency ?? Self.number(field.value)
            case LatencyField.success: success = success ?? Self.truth(field.value)
            case LatencyField.metadata: metadata = metadata ?? field.value
            default: continue
            }
        }
        guard let service, let operation, let latency, let success else { return nil }
        let series = names.number(of: LatencySeries(service: service, operation: operation))
        if let length = metadata?.count, length > LatencyMeasurement.longestMetadata { metadata = Self.omitted(length) }
        self.init(
            series: series, success: success, latencyMS: latency,
            timestamp: timestamp ?? Timestamp(milliseconds: Int64(clamping: entry.id.milliseconds)), metadata: metadata)
    }

    /// What stands for metadata that is too long.
    static func omitted(_ length: Int) -> [UInt8] { JSONWriter.bytes(["omitted_bytes": .integer(length)]) }

    private static func name(_ bytes: [UInt8]) -> OperationName? { try? OperationName(String(decoding: bytes, as: UTF8.self)) }

    private static func number(_ bytes: [UInt8]) -> Double? {
        // Swift's own reading also takes hexadecimal digits, `inf` and `nan`.
        guard bytes.allSatisfy({ (0x30...0x39).contains($0) || ".+-eE".utf8.contains($0) }) else { return nil }
        return Double(String(decoding: bytes, as: UTF8.self)).flatMap { LatencyMeasurement.latency.allows($0) ? $0 : nil }
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

extension LatencyMeasurement {
    /// The values of a stream entry, in the order of the fields; the last is empty without metadata.
    ///
    /// Metadata that is too long gives way to its length.
    var storedValues: (timestamp: String, service: String, operation: String, latency: String, success: String, metadata: [UInt8]) {
        var json: [UInt8] = []
        if let metadata {
            json = JSONWriter.bytes(.object(metadata.map { .init($0.key, $0.value) }))
            if json.count > Self.longestMetadata { json = LatencySample.omitted(json.count) }
        }
        return (
            timestamp.iso8601, service.rawValue, operation.rawValue, JSONNumber(latencyMS)?.text ?? "0", success ? "true" : "false", json
        )
    }
}

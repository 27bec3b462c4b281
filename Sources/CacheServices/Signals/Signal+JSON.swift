extension Signal {
    /// Reads a signal from outside: no unknown fields; throws `JSONParseError` or `ValidationError`.
    public init(strict json: [UInt8]) throws {
        try self.init(strict: try JSONParser.parse(json))
    }

    /// Reads a signal from outside: no unknown fields; throws a list of everything that is wrong.
    public init(strict value: JSONValue) throws(ValidationError) {
        try self.init(value, mode: .strict)
    }

    /// Reads a signal that is in Redis: unknown fields are kept, all limits hold; throws `JSONParseError` or `ValidationError`.
    public init(stored bytes: [UInt8]) throws {
        try self.init(try JSONParser.parse(bytes, duplicateKeys: .lastWins), mode: .lenient)
    }

    private init(_ value: JSONValue, mode: JSONObjectReader.Mode) throws(ValidationError) {
        var reader = JSONObjectReader(value, mode: mode)
        let action = reader.choice("action", of: SignalAction.self)
        let confidence = reader.number("confidence", Limits.confidence)
        let latency = reader.number("execution_latency_ms", Limits.executionLatencyMS)
        let features = reader.numbers("features", names: Limits.featureName, maximumCount: Limits.featureCount)
        let modelVersion = reader.text("model_version", Limits.modelVersion)
        let price = reader.number("price", Limits.price)
        let signalID = reader.text("signal_id", Limits.signalID)
        let symbol = reader.symbol("symbol")
        let timestamp = reader.timestamp("timestamp")
        let unknown = reader.finish()
        guard reader.problems.isEmpty, let action, let confidence, let latency, let features, let modelVersion, let price,
            let signalID, let symbol, let timestamp
        else { throw reader.error }
        self.init(
            validSignalID: signalID, timestamp: timestamp, symbol: symbol, action: action, confidence: confidence, price: price,
            features: features, modelVersion: modelVersion, executionLatencyMS: latency, unknown: unknown
        )
    }

    /// The signal as it goes over the wire.
    public var jsonValue: JSONValue {
        let features = features.map { JSONValue.Member($0.key, .finite($0.value)) }
        let members = [
            JSONValue.Member("action", .string(action.rawValue)),
            JSONValue.Member("confidence", .finite(confidence)),
            JSONValue.Member("execution_latency_ms", .finite(executionLatencyMS)),
            JSONValue.Member("features", .object(features.sorted { $0.name.precedesInUTF8($1.name) })),
            JSONValue.Member("model_version", .string(modelVersion)),
            JSONValue.Member("price", .finite(price)),
            JSONValue.Member("signal_id", .string(signalID)),
            JSONValue.Member("symbol", .string(symbol.rawValue)),
            JSONValue.Member("timestamp", .string(timestamp.iso8601)),
        ]
        return .object(unknown.isEmpty ? members : members + unknown)
    }

    /// The bytes as they are stored: canonical, so that the same signal always gives the same bytes.
    ///
    /// They are the canonical bytes of `jsonValue`, written without building it, which takes half the time.
    public var json: [UInt8] {
        guard unknown.isEmpty else { return JSONWriter.bytes(jsonValue) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256 + 32 * features.count)
        JSONWriter.append(#"{"action":"#, to: &bytes)
        JSONWriter.write(action.rawValue, into: &bytes)
        JSONWriter.append(#","confidence":"#, to: &bytes)
        JSONWriter.write(finite: confidence, into: &bytes)
        JSONWriter.append(#","execution_latency_ms":"#, to: &bytes)
        JSONWriter.write(finite: executionLatencyMS, into: &bytes)
        JSONWriter.append(#","features":{"#, to: &bytes)
        writeFeatures(into: &bytes)
        JSONWriter.append(#"},"model_version":"#, to: &bytes)
        JSONWriter.write(modelVersion, into: &bytes)
        JSONWriter.append(#","price":"#, to: &bytes)
        JSONWriter.write(finite: price, into: &bytes)
        JSONWriter.append(#","signal_id":"#, to: &bytes)
        JSONWriter.write(signalID, into: &bytes)
        JSONWriter.append(#","symbol":"#, to: &bytes)
        JSONWriter.write(symbol.rawValue, into: &bytes)
        JSONWriter.append(#","timestamp":"#, to: &bytes)
        JSONWriter.write(timestamp.iso8601, into: &bytes)
        JSONWriter.append("}", to: &bytes)
        return bytes
    }

    private func writeFeatures(into bytes: inout [UInt8]) {
        var isFirst = true
        for (name, value) in features.sorted(by: { $0.key.precedesInUTF8($1.key) }) {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            JSONWriter.write(name, into: &bytes)
            bytes.append(UInt8(ascii: ":"))
            JSONWriter.write(finite: value, into: &bytes)
        }
    }
}

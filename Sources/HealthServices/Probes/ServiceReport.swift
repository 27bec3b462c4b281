import CacheServices

/// What a service says of itself in its health answer: `requests_per_minute` and `memory_usage_mb`, at the top or within `details`.
struct ServiceReport: Sendable, Hashable {
    var requestsPerMinute: Double?
    var memoryUsageMB: Double?

    /// Nothing.
    init() {}

    /// Reads an answer; what is no JSON, or no figure that makes sense, says nothing.
    init(body: [UInt8]) {
        guard let value = try? JSONParser.parse(body, duplicateKeys: .lastWins) else { return }
        requestsPerMinute = Self.figure("requests_per_minute", in: value)
        memoryUsageMB = Self.figure("memory_usage_mb", in: value)
    }

    private static func figure(_ name: String, in value: JSONValue) -> Double? {
        for place in [value[name], value["details"]?[name]] {
            if let number = place?.double, (0...1e12).contains(number) { return number }
        }
        return nil
    }
}

public import CacheServices

extension ServiceHealth {
    /// As it stands in answers and in Redis; the reason is a member of `metadata`.
    public var jsonValue: JSONValue {
        var metadata = metadata.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, .string($0.value)) }
        if let reason { metadata.append(.init("reason", .string(reason))) }
        var members: [JSONValue.Member] = [
            .init("service", .string(service.rawValue)), .init("status", .string(status.rawValue)),
            .init("latency_ms", .milliseconds(latency)),
            .init("last_check", lastCheck.map { .string($0.iso8601) } ?? .null),
            .init("details", details.jsonValue),
        ]
        if !metadata.isEmpty { members.append(.init("metadata", .object(metadata))) }
        return .object(members)
    }

    /// Reads what Redis holds; `nil` for what is no status.
    init?(stored bytes: [UInt8], service: OperationName) {
        guard let value = try? JSONParser.parse(bytes, duplicateKeys: .lastWins), value.members != nil,
            let status = value["status"]?.text.flatMap(ServiceStatus.init),
            let last = value["last_check"]?.text.flatMap(Timestamp.init(iso8601:))
        else { return nil }
        let details = value["details"]
        var metadata: [String: String] = [:]
        for member in value["metadata"]?.members ?? [] { metadata[member.name] = member.value.text }
        let reason = metadata.removeValue(forKey: "reason")
        func number(_ value: JSONValue?, _ range: ClosedRange<Double>) -> Double? {
            value?.double.flatMap { range.contains($0) ? $0 : nil }
        }
        self.init(
            service: service, status: status, latency: number(value["latency_ms"], 0...1e9).map { .milliseconds($0) }, lastCheck: last,
            details: Details(
                uptime: number(details?["uptime"], 0...1e10).map { .seconds($0) },
                requestsPerMinute: number(details?["requests_per_minute"], 0...1e12),
                errorRate: number(details?["error_rate"], 0...1),
                memoryUsageMB: number(details?["memory_usage_mb"], 0...1e12)),
            reason: reason, metadata: metadata)
    }
}

extension ServiceHealth.Details {
    /// `uptime` in seconds.
    var jsonValue: JSONValue {
        [
            "uptime": uptime.map { .integer($0.wholeMilliseconds / 1000) } ?? .null, "requests_per_minute": .finite(requestsPerMinute),
            "error_rate": .finite(errorRate), "memory_usage_mb": .finite(memoryUsageMB),
        ]
    }
}

extension JSONValue {
    /// A duration in milliseconds with three decimals.
    static func milliseconds(_ duration: Duration?) -> JSONValue {
        .finite(duration.map { ($0.inMilliseconds * 1000).rounded() / 1000 })
    }
}

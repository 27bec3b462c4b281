public import CacheServices

/// One check of the past, for the uptime strip.
public struct HealthSample: Sendable, Hashable {
    public let at: Timestamp
    public let status: ServiceStatus
    /// Whether the service answered as it should, however slowly.
    public let success: Bool
    public let latency: Duration?
    public let reason: String?
    /// The status of the check before, where this one changed it; `nil` also for the first.
    public let from: ServiceStatus?

    /// Reads an entry of the history; `nil` for one that is none.
    init?(_ entry: StreamEntry) {
        func text(_ name: String) -> String? { entry[name].map { String(decoding: $0, as: UTF8.self) } }
        guard let at = text("at").flatMap(Timestamp.init(iso8601:)), let status = text("status").flatMap(ServiceStatus.init) else {
            return nil
        }
        self.at = at
        self.status = status
        success = text("success") == "1"
        latency = text("latency_ms").flatMap(Double.init).flatMap { (0...1e9).contains($0) ? .milliseconds($0) : nil }
        reason = text("reason")
        from = text("from").flatMap(ServiceStatus.init)
    }

    /// As it stands in answers.
    public var jsonValue: JSONValue {
        [
            "at": .string(at.iso8601), "status": .string(status.rawValue), "success": .bool(success), "latency_ms": .milliseconds(latency),
            "reason": reason.map(JSONValue.string) ?? .null, "from": from.map { .string($0.rawValue) } ?? .null,
        ]
    }
}

/// How a service is (Seed: ServiceStatus).
public enum ServiceStatus: String, Sendable, Hashable, CaseIterable {
    /// It answers in less than 500 ms.
    case healthy
    /// It answers in 500 to 1000 ms.
    case degraded
    /// It fails, takes longer than 1000 ms, or nobody knows.
    case unhealthy

    /// From this time on a service is degraded.
    public static let degradedFrom = Duration.milliseconds(500)
    /// Beyond this time it is unhealthy.
    public static let unhealthyBeyond = Duration.milliseconds(1000)

    /// The status by what a check found.
    public init(success: Bool, latency: Duration) {
        guard success, latency <= Self.unhealthyBeyond else {
            self = .unhealthy
            return
        }
        self = latency < Self.degradedFrom ? .healthy : .degraded
    }

    /// The status of a whole: that of its worst part. Without parts nothing is known to be well: degraded.
    public static func overall(_ parts: [ServiceStatus]) -> ServiceStatus {
        if parts.contains(.unhealthy) { return .unhealthy }
        return parts.isEmpty || parts.contains(.degraded) ? .degraded : .healthy
    }
}

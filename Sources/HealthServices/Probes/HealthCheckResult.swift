/// What one check found (Seed: HealthCheckResult).
public struct HealthCheckResult: Sendable, Hashable {
    /// Whether the thing answered as it should.
    public let success: Bool
    /// How long the check took, by a clock that never jumps.
    public let latency: Duration
    /// Why it failed, in one sentence without secrets; `nil` for a success.
    public let error: String?
    /// What else was learned: role, version, durability.
    public let metadata: [String: String]
    /// Requests in a minute, as the service itself reports them.
    public var requestsPerMinute: Double?
    /// Memory in megabytes, as the service itself reports it.
    public var memoryUsageMB: Double?

    /// Makes the result of a check.
    public init(
        success: Bool, latency: Duration, error: String? = nil, metadata: [String: String] = [:], requestsPerMinute: Double? = nil,
        memoryUsageMB: Double? = nil
    ) {
        self.success = success
        self.latency = latency
        self.error = error
        self.metadata = metadata
        self.requestsPerMinute = requestsPerMinute
        self.memoryUsageMB = memoryUsageMB
    }

    /// A check that failed.
    public static func failure(_ error: String, after latency: Duration) -> HealthCheckResult {
        HealthCheckResult(success: false, latency: latency, error: error)
    }
}

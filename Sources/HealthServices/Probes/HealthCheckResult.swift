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

    /// Makes the result of a check.
    public init(success: Bool, latency: Duration, error: String? = nil, metadata: [String: String] = [:]) {
        self.success = success
        self.latency = latency
        self.error = error
        self.metadata = metadata
    }
}

/// A check in the words of whoever registers the service (Seed: healthCheck). How long it takes is measured here, whatever it says.
public struct CustomProbe: HealthProbe {
    private let body: @Sendable () async throws -> HealthCheckResult?

    /// A closure that gives a result of its own; its latency is replaced by the measured one.
    public init(_ body: @escaping @Sendable () async throws -> HealthCheckResult) {
        self.body = body
    }

    /// A closure that throws when something is wrong. The type of the error is reported, and its text is not: nobody knows what is in it.
    public static func throwing(_ body: @escaping @Sendable () async throws -> Void) -> CustomProbe {
        CustomProbe(optional: {
            try await body()
            return nil
        })
    }

    private init(optional body: @escaping @Sendable () async throws -> HealthCheckResult?) { self.body = body }

    /// Runs the closure and measures it.
    public func check(within limit: Duration) async -> HealthCheckResult {
        let start = ContinuousClock.now
        do {
            let found = try await body()
            let latency = start.duration(to: .now)
            guard let found else { return HealthCheckResult(success: true, latency: latency) }
            return HealthCheckResult(
                success: found.success, latency: latency, error: found.error, metadata: found.metadata,
                requestsPerMinute: found.requestsPerMinute, memoryUsageMB: found.memoryUsageMB)
        } catch {
            return .failure("The check ended with \(type(of: error)).", after: start.duration(to: .now))
        }
    }
}

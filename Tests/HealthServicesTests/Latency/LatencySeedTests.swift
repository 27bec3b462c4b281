import CacheServices
import HealthServices
import LoggingServices
import RedisTesting
import Testing

extension Live {
    /// The examples of the seed on the latency monitor, in Swift; where it says `getLatencyMonitor()`, a monitor is passed down.
    @Suite(.timeLimit(.minutes(1))) struct LatencySeedTests {}
}

extension Live.LatencySeedTests {
    // Health Monitoring
    @Test(arguments: LatencyBackend.allCases)
    func `record a latency and read the figures`(backend: LatencyBackend) async throws {
        try await backend.run { latencyMonitor async throws in
            // Record latency
            latencyMonitor.recordLatency("api", "execute_trade", latencyMS: 125, success: true)
            let stats = try await latencyMonitor.getLatencyStats("api")

            #expect(stats.value.map(\.avgMS) == [125])
        }
    }

    // Pattern 3: Performance Tracking
    @Test(arguments: LatencyBackend.allCases)
    func `Pattern 3: measure a function and record it for monitoring`(backend: LatencyBackend) async throws {
        let perfLogger = PerformanceLogger(.memory, logger: .silent)
        try await backend.run { latencyMonitor async throws in
            // Measure function
            let result = try await perfLogger.measure("api_call") {
                try await Task.sleep(for: .milliseconds(2))
                return "data"
            }

            // Record for monitoring
            let stats = try #require(try await perfLogger.getMetrics("api_call"))
            latencyMonitor.recordLatency("api", "call", latencyMS: stats.avgMS, success: true)

            #expect(result == "data")
            let average = try #require(try await latencyMonitor.getAverageLatency("api").value)
            #expect(average == stats.avgMS && average >= 2)
        }
    }
}

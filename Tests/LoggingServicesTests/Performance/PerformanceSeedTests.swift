import CacheServices
import LoggingServices
import RedisTesting
import Testing

extension Live {
    /// The examples of the seed on the performance logger, in Swift; where it says `getPerformanceLogger()`, a logger is passed down.
    @Suite(.timeLimit(.minutes(1))) struct PerformanceSeedTests {}
}

extension Live.PerformanceSeedTests {
    private struct Rejected: Error {}

    // Pattern 1: Complete Signal Processing, its performance part
    private static func processSignal(_ perfLogger: PerformanceLogger, _ executeTrade: () async throws -> String) async throws -> String {
        let opId = perfLogger.startOperation("process_signal")
        do {
            // Execute trade
            let result = try await executeTrade()

            // Log success
            perfLogger.endOperation(opId, success: true)
            return result
        } catch {
            perfLogger.endOperation(opId, success: false)
            throw error
        }
    }

    @Test(arguments: PerformanceBackend.allCases)
    func `Pattern 1: time the processing of a signal`(backend: PerformanceBackend) async throws {
        try await backend.run { perfLogger async throws in
            #expect(try await Self.processSignal(perfLogger) { "filled" } == "filled")
            await #expect(throws: Rejected.self) { try await Self.processSignal(perfLogger) { throw Rejected() } }
            let metrics = try #require(try await perfLogger.getMetrics("process_signal"))
            #expect(metrics.count == 2 && metrics.successRate == 0.5)
            #expect(try await perfLogger.getFailedOperations().count == 1)
        }
    }

    // Pattern 3: Performance Tracking
    @Test(arguments: PerformanceBackend.allCases)
    func `Pattern 3: measure and read the figures`(backend: PerformanceBackend) async throws {
        try await backend.run { perfLogger async throws in
            // Measure function
            let result = try await perfLogger.measure("api_call") {
                try await Task.sleep(for: .milliseconds(2))
                return "data"
            }

            // Record for monitoring
            let stats = try #require(try await perfLogger.getMetrics("api_call"))
            #expect(result == "data")
            #expect(stats.avgMS >= 2)
        }
    }
}

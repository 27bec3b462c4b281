import CacheServices
import LoggingServices
import RedisTesting
import Testing

extension Live {
    /// What holds wherever samples are kept.
    @Suite(.timeLimit(.minutes(2))) struct PerformanceContractTests {}
}

extension Live.PerformanceContractTests {
    @Test(arguments: PerformanceBackend.allCases)
    func `without samples nothing is invented`(backend: PerformanceBackend) async throws {
        try await backend.run { performance async throws in
            #expect(try await performance.getMetrics("a") == nil)
            #expect(try await performance.getMetrics() == [])
            #expect(try await performance.getSlowOperations() == [])
            #expect(try await performance.getFailedOperations() == [])
            let summary = try await performance.getSummary()
            #expect(summary.avgLatencyMS == nil)
            #expect(summary.jsonValue["avg_latency_ms"] == .null)
            #expect(summary.jsonValue["from"] == .null && summary.jsonValue["to"] == .null)
            #expect(summary.totalEntries == 0 && summary.totalOperations == 0)
            #expect(try await performance.clearMetrics() == 0)
        }
    }

    @Test(arguments: PerformanceBackend.allCases)
    func `figures are those of the samples`(backend: PerformanceBackend) async throws {
        let hand = HandClock()
        try await backend.run(clock: hand.clock) { performance async throws in
            for number in 1...20 { performance.logLatency("api_call", durationMS: Double(number) * 10, success: number % 4 != 0) }
            hand.advance(by: .seconds(1))
            performance.logLatency("other", durationMS: 1500)
            let metrics = try #require(try await performance.getMetrics("api_call"))
            #expect(
                metrics.jsonValue == [
                    "avg_ms": 105, "count": 20, "from": "2025-01-15T10:30:00.000Z", "max_ms": 200, "min_ms": 10, "operation": "api_call",
                    "p50_ms": 100, "p95_ms": 190, "p99_ms": 200, "success_rate": 0.75, "to": "2025-01-15T10:30:00.000Z", "total_ms": 2100,
                ])
            #expect(try await performance.getMetrics().map(\.operation) == ["api_call", "other"])
            #expect(
                try await performance.getSummary().jsonValue == [
                    "avg_latency_ms": .finite(3600.0 / 21), "failed_operations": 5, "from": "2025-01-15T10:30:00.000Z",
                    "operations_over_1000ms": 1, "operations_over_100ms": 11, "to": "2025-01-15T10:30:01.000Z", "total_entries": 21,
                    "total_operations": 2,
                ])
        }
    }

    @Test(arguments: PerformanceBackend.allCases)
    func `an answer says which span of time it covers, whatever the order of arrival`(backend: PerformanceBackend) async throws {
        let hand = HandClock()
        try await backend.run(clock: hand.clock) { performance async throws in
            for step in [5, -3, 1, -2] {
                hand.advance(by: .seconds(step))
                performance.logLatency("a", durationMS: 1)
            }
            let metrics = try #require(try await performance.getMetrics("a"))
            #expect(metrics.from.iso8601 == "2025-01-15T10:30:01.000Z")
            #expect(metrics.to.iso8601 == "2025-01-15T10:30:05.000Z")
            // What the cap pushed out is not covered.
            hand.advance(by: .seconds(60))
            for _ in 0..<1000 { performance.logLatency("a", durationMS: 1) }
            let later = try #require(try await performance.getMetrics("a"))
            #expect(later.from == later.to && later.from.iso8601 == "2025-01-15T10:31:01.000Z")
        }
    }

    @Test(arguments: PerformanceBackend.allCases)
    func `slow ones come slowest first, failed ones newest first`(backend: PerformanceBackend) async throws {
        let hand = HandClock()
        try await backend.run(clock: hand.clock) { performance async throws in
            for (number, duration) in [120.0, 90, 300, 100, 100.001].enumerated() {
                performance.logLatency(
                    number % 2 == 0 ? "even" : "odd", durationMS: duration, success: duration > 100, metadata: ["n": .integer(number)])
                hand.advance(by: .seconds(1))
            }
            let slow = try await performance.getSlowOperations()
            #expect(slow.map(\.durationMS) == [300, 120, 100.001])
            #expect(slow.first?.metadata == ["n": 2])
            #expect(slow.first?.timestamp.iso8601 == "2025-01-15T10:30:02.000Z")
            #expect(try await performance.getSlowOperations(thresholdMS: 0, limit: 2).map(\.durationMS) == [300, 120])
            #expect(try await performance.getSlowOperations(thresholdMS: 0, operation: "odd").map(\.durationMS) == [100, 90])
            let failed = try await performance.getFailedOperations()
            #expect(failed.map(\.durationMS) == [100, 90])
            #expect(failed.map(\.operation) == ["odd", "odd"])
            #expect(try await performance.getFailedOperations(limit: 1).map(\.durationMS) == [100])
            #expect(try await performance.getFailedOperations(operation: "even") == [])
        }
    }

    @Test(arguments: PerformanceBackend.allCases, [0, -1, 1001, .max, .min])
    func `a list has 1 to 1000 entries`(backend: PerformanceBackend, limit: Int) async throws {
        try await backend.run { performance async throws in
            let slow = await #expect(throws: CacheError.self) { try await performance.getSlowOperations(limit: limit) }
            let failed = await #expect(throws: CacheError.self) { try await performance.getFailedOperations(limit: limit) }
            #expect(slow?.code == .invalidArgument && failed?.code == .invalidArgument)
        }
    }

    @Test(arguments: PerformanceBackend.allCases)
    func `the newest 1000 of each operation are kept`(backend: PerformanceBackend) async throws {
        try await backend.run { performance async throws in
            for number in 0..<1234 { performance.logLatency("a", durationMS: Double(number)) }
            performance.logLatency("b", durationMS: 1)
            let metrics = try #require(try await performance.getMetrics("a"))
            #expect(metrics.count == 1000 && metrics.minMS == 234 && metrics.maxMS == 1233)
            #expect(try await performance.getMetrics("b")?.count == 1)
            #expect(performance.status.dropped == 0)
        }
    }

    @Test(arguments: PerformanceBackend.allCases)
    func `operations beyond the bound share one series and keep their name`(backend: PerformanceBackend) async throws {
        var limits = PerformanceLimits()
        limits.operations = 3
        try await backend.run(limits: limits) { performance async throws in
            for number in 0..<10 { performance.logLatency(try OperationName("op \(number)"), durationMS: Double(number)) }
            performance.logLatency("op 1", durationMS: 200)
            #expect(try await performance.getMetrics().map(\.operation) == ["_other", "op 0", "op 1", "op 2"])
            #expect(try await performance.getMetrics(PerformanceLogger.otherOperations)?.count == 7)
            #expect(try await performance.getMetrics("op 1")?.count == 2)
            #expect(
                try await performance.getSlowOperations(thresholdMS: 5).map(\.operation.rawValue) == [
                    "op 1", "op 9", "op 8", "op 7", "op 6",
                ])
        }
    }

    @Test(arguments: PerformanceBackend.allCases)
    func `clearing forgets what is stored and what waits`(backend: PerformanceBackend) async throws {
        try await backend.run { performance async throws in
            performance.logLatency("a", durationMS: 1)
            performance.logLatency("b", durationMS: 1)
            try await performance.flush()
            performance.logLatency("c", durationMS: 1)
            #expect(try await performance.clearMetrics() == 2)
            #expect(try await performance.getMetrics() == [])
            performance.logLatency("a", durationMS: 7)
            #expect(try await performance.getMetrics("a")?.avgMS == 7)
        }
    }

    @Test(arguments: PerformanceBackend.allCases)
    func `metadata comes back as it went`(backend: PerformanceBackend) async throws {
        try await backend.run { performance async throws in
            let metadata: [String: JSONValue] = ["order": "a\"b\n", "ids": [1, 2.5], "none": .null, "deep": ["x": true]]
            let entry = try #require(performance.logLatency("a", durationMS: 101.25, success: false, metadata: metadata))
            performance.logLatency("a", durationMS: 100.5, metadata: [:])
            #expect(try await performance.getFailedOperations() == [entry])
            #expect(try await performance.getSlowOperations().map(\.metadata) == [metadata, nil])
        }
    }
}

import CacheServices
import HealthServices
import RedisTesting
import Testing

extension Live {
    /// What holds wherever samples are kept.
    @Suite(.timeLimit(.minutes(2))) struct LatencyContractTests {}
}

extension Live.LatencyContractTests {
    @Test(arguments: LatencyBackend.allCases)
    func `without samples nothing is invented`(backend: LatencyBackend) async throws {
        try await backend.run { monitor async throws in
            let stats = try await monitor.getLatencyStats("api")
            #expect(stats.value == [] && stats.from == nil)
            #expect(try await monitor.getLatencyStats().value == [])
            #expect(try await monitor.getRecentMeasurements().value == [])
            #expect(try await monitor.getAverageLatency("api").value == nil)
            #expect(try await monitor.getLatencyTrend().value == [])
            #expect(try await monitor.getHighLatencyServices().value == [])
            #expect(try await monitor.getEndToEndLatency().value == nil)
            #expect(try await monitor.clearMeasurements() == 0)
            #expect(try await monitor.clearMeasurements("api") == 0)
        }
    }

    @Test(arguments: LatencyBackend.allCases)
    func `figures are those of the samples`(backend: LatencyBackend) async throws {
        try await backend.run { monitor async throws in
            for number in 1...20 {
                monitor.recordLatency("api", "execute_trade", latencyMS: Double(number) * 10, success: number % 4 != 0)
            }
            monitor.recordLatency("api", "cancel", latencyMS: 1)
            monitor.recordLatency("ml", "infer", latencyMS: 1500)
            let trades = try await monitor.getLatencyStats("api", operation: "execute_trade").value
            #expect(
                trades.map(\.jsonValue) == [
                    [
                        "avg_ms": 105, "count": 20, "max_ms": 200, "min_ms": 10, "operation": "execute_trade", "p50_ms": 100,
                        "p95_ms": 190, "p99_ms": 200, "service": "api", "success_rate": 0.75,
                    ]
                ])
            #expect(try await monitor.getLatencyStats("api").value.map(\.operation) == ["cancel", "execute_trade"])
            #expect(try await monitor.getLatencyStats(operation: "infer").value.map(\.service) == ["ml"])
            #expect(try await monitor.getLatencyStats().value.map(\.count) == [1, 20, 1])
            #expect(try await monitor.getAverageLatency("api").value == 2101.0 / 21)
            #expect(try await monitor.getAverageLatency("nobody").value == nil)
            let slowest = try await monitor.getHighLatencyServices().value
            #expect(slowest.map(\.service) == ["ml", "api"])
            #expect(slowest.last?.count == 21 && slowest.last?.p95MS == 190)
            #expect(try await monitor.getHighLatencyServices(limit: 1).value.map(\.service) == ["ml"])
            let all = try #require(try await monitor.getEndToEndLatency().value)
            #expect(
                all.jsonValue == ["avg_ms": .finite(3601.0 / 22), "count": 22, "max_ms": 1500, "min_ms": 1, "p95_ms": 200])
        }
    }

    @Test(arguments: LatencyBackend.allCases)
    func `the newest come first, with everything that belongs to them`(backend: LatencyBackend) async throws {
        let hand = HandClock()
        try await backend.run(clock: hand.clock) { monitor async throws in
            let metadata: [String: JSONValue] = ["order": "a\"b\n", "ids": [1, 2.5], "none": .null, "deep": ["x": true]]
            let first = try #require(monitor.recordLatency("api", "trade", latencyMS: 125.25, success: false, metadata: metadata))
            hand.advance(by: .seconds(1))
            let second = try #require(monitor.recordLatency("ml:v2", "infer/fast", latencyMS: 3, metadata: [:]))
            #expect(second.metadata == nil && second.success)
            let recent = try await monitor.getRecentMeasurements()
            #expect(recent.value == [second, first])
            #expect(recent.from?.iso8601 == "2025-01-15T10:30:00.000Z" && recent.to.iso8601 == "2025-01-15T10:30:01.000Z")
            #expect(try await monitor.getRecentMeasurements(limit: 1).value == [second])
            #expect(try await monitor.getRecentMeasurements(service: "api").value == [first])
            monitor.recordLatency("api", "trade", latencyMS: 1, metadata: ["long": .string(String(repeating: "x", count: 5000))])
            let long = try #require(try await monitor.getRecentMeasurements(limit: 1).value.first)
            #expect(long.metadata == ["omitted_bytes": 5011])
        }
    }

    @Test(arguments: LatencyBackend.allCases)
    func `windows and intervals take what was measured in them`(backend: LatencyBackend) async throws {
        let hand = HandClock()
        try await backend.run(clock: hand.clock) { monitor async throws in
            // Every 20 seconds from 10:30:00 on, the last one at 10:39:40.
            for number in 0..<30 {
                monitor.recordLatency(number % 2 == 0 ? "even" : "odd", "work", latencyMS: Double(number))
                hand.advance(by: .seconds(20))
            }
            // It is 10:40:00; five minutes ago number 15 was measured.
            let five = try await monitor.getEndToEndLatency()
            #expect(five.value?.count == 15 && five.value?.minMS == 15 && five.value?.maxMS == 29 && five.value?.p95MS == 29)
            #expect(five.from?.iso8601 == "2025-01-15T10:35:00.000Z" && five.to.iso8601 == "2025-01-15T10:40:00.000Z")
            #expect(try await monitor.getAverageLatency("even", minutes: 1).value == 28)
            #expect(try await monitor.getAverageLatency("even", minutes: 43_200).value == 14)

            let trend = try await monitor.getLatencyTrend(window: .seconds(300), interval: .seconds(60))
            #expect(trend.value.map(\.timestamp.iso8601).first == "2025-01-15T10:35:00.000Z")
            #expect(trend.value.map(\.count) == [3, 3, 3, 3, 3])
            #expect(trend.value.map(\.avgLatencyMS) == [16, 19, 22, 25, 28])
            #expect(trend.value.map(\.maxMS) == [17, 20, 23, 26, 29] && trend.value.map(\.p95MS) == trend.value.map(\.maxMS))
            // Intervals begin at multiples of their length, so the first one reaches back before the window.
            let uneven = try await monitor.getLatencyTrend(
                service: "even", operation: "work", window: .seconds(100), interval: .seconds(45))
            #expect(uneven.from?.iso8601 == "2025-01-15T10:38:15.000Z")
            #expect(
                uneven.value.map(\.jsonValue) == [
                    ["avg_latency_ms": 26, "count": 1, "max_ms": 26, "min_ms": 26, "p95_ms": 26, "timestamp": "2025-01-15T10:38:15.000Z"],
                    ["avg_latency_ms": 28, "count": 1, "max_ms": 28, "min_ms": 28, "p95_ms": 28, "timestamp": "2025-01-15T10:39:00.000Z"],
                ])
            #expect(try await monitor.getLatencyTrend(service: "nobody").value == [])
            hand.advance(by: .seconds(3600))
            #expect(try await monitor.getEndToEndLatency().value == nil)
            #expect(try await monitor.getLatencyStats().value.map(\.count) == [15, 15])
        }
    }

    @Test(arguments: LatencyBackend.allCases)
    func `the newest so many are kept, exactly, and an answer says how far back they reach`(backend: LatencyBackend) async throws {
        var limits = LatencyLimits()
        limits.samples = 250
        let hand = HandClock()
        try await backend.run(limits: limits, clock: hand.clock) { monitor async throws in
            for number in 0..<1003 {
                monitor.recordLatency("api", "trade", latencyMS: Double(number))
                hand.advance(by: .milliseconds(100))
            }
            let stats = try await monitor.getLatencyStats()
            #expect(stats.value.map(\.count) == [250] && stats.value.first?.minMS == 753 && stats.value.first?.maxMS == 1002)
            // Five minutes were asked for, and 25 seconds are there.
            let all = try await monitor.getEndToEndLatency(minutes: 5)
            #expect(all.value?.count == 250)
            #expect(all.from?.iso8601 == "2025-01-15T10:31:15.300Z" && all.from == stats.from)
            #expect(monitor.status.stored == 1003 && monitor.status.dropped == 0)
        }
    }

    @Test(arguments: LatencyBackend.allCases)
    func `series beyond the bound share one, and their names stay with the samples`(backend: LatencyBackend) async throws {
        var limits = LatencyLimits()
        limits.samples = 20_000
        try await backend.run(limits: limits) { monitor async throws in
            for number in 0..<10_000 {
                monitor.recordLatency(try OperationName("service \(number % 7)"), try OperationName("op:\(number)"), latencyMS: 5)
            }
            monitor.recordLatency("service 3", "op:3", latencyMS: 6)
            let stats = try await monitor.getLatencyStats().value
            #expect(stats.count == 201)
            #expect(stats.first?.service == "_other" && stats.first?.operation == "_other" && stats.first?.count == 9800)
            #expect(stats.dropFirst().map(\.count).reduce(0, +) == 201)
            #expect(try await monitor.getLatencyStats("service 3", operation: "op:3").value.first?.maxMS == 6)
            let late = try #require(try await monitor.getRecentMeasurements(limit: 2).value.last)
            #expect(late.service == "_other")
            #expect(late.metadata == ["_other": ["operation": "op:9999", "service": "service 3"]])
        }
    }

    @Test(arguments: LatencyBackend.allCases)
    func `clearing a service leaves the others alone`(backend: LatencyBackend) async throws {
        try await backend.run { monitor async throws in
            for number in 0..<3000 { monitor.recordLatency(number % 3 == 0 ? "a" : "b", "x", latencyMS: Double(number)) }
            #expect(try await monitor.getLatencyStats().value.map(\.count) == [1000, 2000])
            monitor.recordLatency("a", "waiting", latencyMS: 1)
            #expect(try await monitor.clearMeasurements("a") == 1001)
            #expect(try await monitor.getLatencyStats().value.map(\.count) == [2000])
            #expect(try await monitor.getRecentMeasurements(limit: 3).value.map(\.latencyMS) == [2999, 2998, 2996])
            #expect(try await monitor.clearMeasurements("a") == 0)
            monitor.recordLatency("a", "x", latencyMS: 7)
            #expect(try await monitor.getAverageLatency("a").value == 7)
            // Entries older than those that were deleted before.
            #expect(try await monitor.clearMeasurements("b") == 2000)
            #expect(try await monitor.getLatencyStats().value.map(\.service) == ["a"])
        }
    }

    @Test(arguments: LatencyBackend.allCases)
    func `clearing removes all, also what waits`(backend: LatencyBackend) async throws {
        try await backend.run { monitor async throws in
            monitor.recordLatency("a", "x", latencyMS: 1)
            #expect(try await monitor.getLatencyStats().value.count == 1)
            monitor.recordLatency("b", "x", latencyMS: 1)
            #expect(try await monitor.clearMeasurements() == 2)
            #expect(try await monitor.getLatencyStats().value == [])
            monitor.recordLatency("c", "x", latencyMS: 3)
            #expect(try await monitor.getLatencyStats().value.map(\.service) == ["c"])
        }
    }

    @Test(arguments: LatencyBackend.allCases)
    func `what is no latency is not recorded, counted and said`(backend: LatencyBackend) async throws {
        let log = RecordedLog()
        try await backend.run(logger: log.logger) { monitor async throws in
            let bad = [Double.nan, .signalingNaN, .infinity, -.infinity, -1, -0.000_001, 1_000_000_000.1, .greatestFiniteMagnitude]
            for latency in bad { #expect(monitor.recordLatency("api", "trade", latencyMS: latency) == nil) }
            for latency in [0, -0.0, .leastNonzeroMagnitude, 1e9] {
                #expect(monitor.recordLatency("api", "trade", latencyMS: latency) != nil)
            }
            let stats = try await monitor.getLatencyStats().value
            #expect(stats.first?.count == 4 && stats.first?.maxMS == 1e9 && stats.first?.minMS == 0)
            #expect(monitor.status.refused == bad.count)
            #expect(log.messages.count { $0.contains("was not recorded") } == 1)
        }
    }

    @Test(arguments: LatencyBackend.allCases, [0, -1, 1001, .max, .min])
    func `what is out of range is refused`(backend: LatencyBackend, number: Int) async throws {
        try await backend.run { monitor async throws in
            let recent = await #expect(throws: CacheError.self) { try await monitor.getRecentMeasurements(limit: number) }
            let high = await #expect(throws: CacheError.self) { try await monitor.getHighLatencyServices(limit: number) }
            #expect(recent?.code == .invalidArgument && high?.code == .invalidArgument)
            guard number != 1001 else { return }
            await #expect(throws: CacheError.self) { try await monitor.getEndToEndLatency(minutes: number) }
            await #expect(throws: CacheError.self) { try await monitor.getAverageLatency("a", minutes: number) }
            await #expect(throws: CacheError.self) { try await monitor.getLatencyTrend(window: .seconds(number)) }
            await #expect(throws: CacheError.self) { try await monitor.getLatencyTrend(interval: .seconds(number)) }
        }
    }

    @Test func `a slow sample is warned of, each series now and then`() async throws {
        let (log, hand) = (RecordedLog(), HandClock())
        let monitor = LatencyMonitor(.memory, clock: hand.clock, logger: log.logger)
        func warnings() -> [[String: String]] { log.records.filter { $0.message == "high latency" }.map(\.metadata) }
        monitor.recordLatency("api", "trade", latencyMS: 1000)
        #expect(warnings().isEmpty)
        for _ in 0..<100 { monitor.recordLatency("api", "trade", latencyMS: 1000.5) }
        monitor.recordLatency("ml", "infer", latencyMS: 2000)
        #expect(
            warnings() == [
                ["service": "api", "operation": "trade", "latency_ms": "1000.5", "more_before": "0"],
                ["service": "ml", "operation": "infer", "latency_ms": "2000.0", "more_before": "0"],
            ])
        hand.advance(by: .seconds(60))
        monitor.recordLatency("api", "trade", latencyMS: 3000)
        #expect(warnings().last?["more_before"] == "99")
        // Names without end fill no log.
        for number in 0..<5000 { monitor.recordLatency(try OperationName("s\(number)"), "x", latencyMS: 5000) }
        #expect(warnings().count <= 3 + 200)
    }
}

import CacheServices
import LoggingServices
import RedisTesting
import TestTurns
import Testing

@Suite(.takesTurns) struct PerformanceOperationTests {
    private struct Trouble: Error {}

    private static func logger(_ hand: HandClock, _ log: RecordedLog = RecordedLog(), open: Int = 10_000) -> PerformanceLogger {
        var limits = PerformanceLimits()
        limits.openOperations = open
        return PerformanceLogger(.memory, limits: limits, clock: hand.clock, logger: log.logger)
    }

    @Test func `an operation takes as long as the clock says`() async throws {
        let hand = HandClock()
        let performance = Self.logger(hand)
        let id = performance.startOperation("a")
        hand.advance(by: .microseconds(12_345))
        let entry = try #require(performance.endOperation(id, success: false, metadata: ["k": "v"]))
        #expect(entry.durationMS == 12.345)
        #expect(!entry.success && entry.metadata == ["k": "v"] && entry.operation == "a")
        #expect(try await performance.getFailedOperations() == [entry])
    }

    @Test func `what is not open cannot end, and that is said once in a while`() async throws {
        let (hand, log) = (HandClock(), RecordedLog())
        let performance = Self.logger(hand, log)
        let id = performance.startOperation("a")
        #expect(performance.endOperation(id) != nil)
        for _ in 0..<50 { #expect(performance.endOperation(id) == nil) }
        let foreign = Self.logger(hand).startOperation("b")
        #expect(performance.endOperation(foreign) == nil)
        #expect(performance.status.unknownEnds == 51)
        #expect(log.records.count == 1)
        hand.advance(by: .seconds(61))
        performance.endOperation(id)
        #expect(log.records.last?.metadata["more_before"] == "50")
        #expect(try await performance.getMetrics("a")?.count == 1)
    }

    @Test func `those that never end are listed, bounded and given up`() {
        let (hand, log) = (HandClock(), RecordedLog())
        let performance = Self.logger(hand, log, open: 100)
        for number in 0..<250 {
            _ = performance.startOperation(number == 0 ? "first" : "a")
            hand.advance(by: .seconds(1))
        }
        #expect(performance.status.openOperations == 100)
        #expect(performance.status.abandonedOperations == 150)
        #expect(performance.getOpenOperations().count == 100)
        #expect(performance.getOpenOperations(olderThan: .seconds(91)).map(\.age) == (91...100).reversed().map { .seconds($0) })
        #expect(log.records.first?.metadata["operation"] == "first")
        #expect((1...5).contains(log.records.count))
    }

    @Test func `a measured body gives its value and is recorded`() async throws {
        let hand = HandClock()
        let performance = Self.logger(hand)
        let value = await performance.measure("a", metadata: ["k": 1]) {
            #expect(performance.getOpenOperations().map(\.operation) == ["a"])
            hand.advance(by: .milliseconds(40))
            return 42
        }
        #expect(value == 42)
        #expect(performance.getOpenOperations().isEmpty)
        let metrics = try await performance.getMetrics("a")
        #expect(metrics?.avgMS == 40 && metrics?.successRate == 1)
    }

    @Test func `a body that throws has failed, and its error is the caller's`() async throws {
        let performance = Self.logger(HandClock())
        await #expect(throws: Trouble.self) {
            try await performance.measure("a") { () async throws(Trouble) in throw Trouble() }
        }
        #expect(try await performance.getMetrics("a")?.successRate == 0)
        #expect(performance.getOpenOperations().isEmpty)
    }

    @Test func `a measured body that was given up is still recorded`() async throws {
        let performance = Self.logger(HandClock(), open: 1)
        await performance.measure("a") { _ = performance.startOperation("b") }
        #expect(try await performance.getMetrics("a")?.count == 1)
        #expect(performance.status.unknownEnds == 0)
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity, -0.001, 1e9.nextUp, .greatestFiniteMagnitude])
    func `what is no duration is refused and counted`(duration: Double) async throws {
        let log = RecordedLog()
        let performance = Self.logger(HandClock(), log)
        for _ in 0..<10 { #expect(performance.logLatency("a", durationMS: duration) == nil) }
        #expect(performance.status.refused == 10)
        #expect(log.records.count == 1)
        #expect(try await performance.getMetrics() == [])
    }

    @Test func `operations older than the limit are warned of while it runs`() async throws {
        let (hand, log) = (HandClock(), RecordedLog())
        let performance = Self.logger(hand, log)
        let id = performance.startOperation("stuck")
        hand.advance(by: .seconds(301))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await performance.run() }
            try await eventually { log.messages.contains("warning: operations have not ended") }
            group.cancelAll()
        }
        #expect(log.records.count == 1)
        #expect(log.records.first?.metadata["oldest"] == "stuck")
        #expect(performance.endOperation(id)?.durationMS == 301_000)
    }

    @Test(arguments: ["", "a\nb", "naïve", "a*", "a[b]", "{a}", String(repeating: "x", count: 65)])
    func `names with anything special are refused`(name: String) {
        #expect(throws: ValidationError.self) { try OperationName(name) }
    }
}

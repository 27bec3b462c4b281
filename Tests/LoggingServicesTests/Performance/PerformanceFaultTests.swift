import CacheServices
import Hiredis
@testable import LoggingServices
import RedisTesting
import ServiceLifecycle
import Testing

extension Live {
    /// Many writers, and a Redis that hangs, dies or does not answer.
    @Suite(.timeLimit(.minutes(3))) struct PerformanceFaultTests {}
}

extension Live.PerformanceFaultTests {
    /// Every combination of digits in milliseconds, sorted the same wherever it comes from.
    private static func duration(_ writer: Int, _ number: Int) -> Double { Double((number * 7919 + writer * 104_729) % 100_003) / 64 }

    @Test func `of 8 writers with thousands of samples none is lost or there twice, caps and figures are exact`() async throws {
        let server = try await PrivateRedis.start()
        defer { server.stop() }
        let (writers, each) = (8, 3000)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<writers {
                group.addTask {
                    try await withRunningPerformance(on: server) { performance in
                        let own = try OperationName("writer:\(writer)")
                        for number in 0..<each {
                            performance.logLatency("shared", durationMS: Self.duration(writer, number), success: number % 5 != 0)
                            if number % 4 == 0 { performance.logLatency(own, durationMS: Self.duration(writer, number)) }
                            if number % 500 == 0 { await Task.yield() }
                        }
                        try await performance.flush()
                        #expect(performance.status.dropped == 0 && performance.status.waiting == 0)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await server.added(to: "shared") == Int64(writers * each))
        #expect(try await server.ask("XLEN", "usdcop:performance:shared").integer == 1000)
        try await withPerformance(on: server) { performance async throws in
            for writer in 0..<writers {
                let durations = stride(from: 0, to: each, by: 4).map { Self.duration(writer, $0) }
                #expect(try await server.durations(of: "writer:\(writer)") == durations)
                try Self.compare(try await performance.getMetrics(OperationName("writer:\(writer)")), durations)
            }
            let shared = try await server.durations(of: "shared")
            try Self.compare(try await performance.getMetrics("shared"), shared)
            let all = try await performance.getSummary()
            #expect(all.totalOperations == 9 && all.totalEntries == 1000 + writers * each / 4)
            let slow = try await performance.getSlowOperations(thresholdMS: 0, limit: 1000)
            #expect(slow.map(\.durationMS) == slow.map(\.durationMS).sorted(by: >))
        }
    }

    /// Against the definitions, computed in another way.
    private static func compare(_ metrics: LatencyMetrics?, _ durations: [Double]) throws {
        let metrics = try #require(metrics)
        // Sixty-fourths add up without rounding.
        #expect(metrics.count == durations.count && metrics.totalMS == durations.reduce(0, +))
        #expect(metrics.avgMS == durations.reduce(0, +) / Double(durations.count))
        #expect(metrics.minMS == durations.min() && metrics.maxMS == durations.max())
        for (value, percent) in [(metrics.p50MS, 50), (metrics.p95MS, 95), (metrics.p99MS, 99)] {
            #expect(durations.contains(value))
            #expect(durations.count { $0 <= value } * 100 >= percent * durations.count)
            #expect(durations.count { $0 < value } * 100 < percent * durations.count)
        }
    }

    @Test func `a batch that arrived without an answer is not there twice`() async throws {
        let server = try await PrivateRedis.start()
        defer { server.stop() }
        var configuration = server.configuration
        configuration.commandTimeout = .milliseconds(100)
        configuration.stallTimeout = .milliseconds(100)
        try await withPerformance(on: server, configuration: configuration) { performance async throws in
            performance.logLatency("a", durationMS: 1)
            try await eventually { (try? await performance.flush()) != nil }
            for round in 0..<5 {
                for number in 0..<250 { performance.logLatency("a", durationMS: Double(round * 250 + number)) }
                server.pause()
                let error = await #expect(throws: CacheError.self) { try await performance.flush() }
                #expect(error?.code == .outcomeUnknown)
                server.resume()
                try await eventually { (try? await performance.flush()) != nil }
            }
            #expect(performance.status.waiting == 0)
        }
        #expect(try await server.added(to: "a") == 1251)
        #expect(try await server.durations(of: "a") == (250..<1250).map(Double.init))
    }

    @Test(
        arguments: [0, 1, 3, 4, 5, 9, 11].map { (CuttingProxy.Direction.reply, $0) } + [0, 40, 4000, 9000].map { (.request, $0) })
    func `connections that are cut lose nothing and double nothing`(direction: CuttingProxy.Direction, bytes: Int) async throws {
        let server = try await PrivateRedis.start()
        defer { server.stop() }
        let proxy = try await CuttingProxy.start(inFrontOf: server.port)
        var configuration = server.configuration
        configuration.endpoint = .tcp(host: "127.0.0.1", port: proxy.port)
        try await withPerformance(on: server, configuration: configuration) { performance async throws in
            performance.logLatency("a", durationMS: 0)
            try await performance.flush()
            for number in 1...300 { performance.logLatency("a", durationMS: Double(number)) }
            proxy.cut(direction, after: bytes)
            try await eventually { (try? await performance.flush()) != nil && performance.status.waiting == 0 }
            #expect(proxy.cuts == 1)
        }
        try await proxy.stop()
        #expect(try await server.durations(of: "a") == (0...300).map(Double.init))
    }

    @Test func `while Redis is away callers do not wait, the newest are kept and every drop is counted`() async throws {
        let server = try await PrivateRedis.start()
        defer { server.stop() }
        let log = RecordedLog()
        var limits = PerformanceLimits()
        limits.queue = 700
        try await withRunningPerformance(on: server, limits: limits, logger: log.logger) { performance async throws in
            performance.logLatency("a", durationMS: 0)
            try await eventually { performance.status.waiting == 0 }
            server.kill()
            try await eventually {
                performance.logLatency("a", durationMS: 0)
                return log.messages.contains("warning: performance samples cannot be stored and wait")
            }
            let before = performance.status
            let start = ContinuousClock.now
            for number in 1...50_000 { performance.logLatency("a", durationMS: Double(number)) }
            let took = start.duration(to: .now)
            #expect(took < .seconds(2), "\(took)")
            let status = performance.status
            // All that is recorded waits or was dropped; at most one batch beside the queue is on its way.
            #expect(status.waiting + status.dropped == before.waiting + before.dropped + 50_000)
            #expect((700...800).contains(status.waiting))
            try await server.start()
            try await eventually { performance.status.waiting == 0 }
            #expect(performance.status.dropped == status.dropped)
            let stored = try await server.durations(of: "a")
            #expect(stored.count == status.waiting)
            #expect(stored.suffix(700) == (49_301...50_000).map(Double.init)[...])
            #expect(log.messages.count { $0 == "warning: performance samples cannot be stored and wait" } == 1)
            try await eventually { log.messages.contains("notice: performance samples are stored again") }
            #expect(log.messages.contains("warning: performance samples were dropped"))
        }
    }

    @Test func `while Redis hangs callers do not wait either, and nothing is lost within the bound`() async throws {
        let server = try await PrivateRedis.start()
        defer { server.stop() }
        try await withRunningPerformance(on: server) { performance async throws in
            performance.logLatency("a", durationMS: 0)
            try await eventually { performance.status.waiting == 0 }
            server.pause()
            let start = ContinuousClock.now
            for number in 1...900 { performance.logLatency("a", durationMS: Double(number)) }
            #expect(start.duration(to: .now) < .milliseconds(500))
            try await eventually { performance.lane.isFailing }
            server.resume()
            try await eventually { performance.status.waiting == 0 }
            #expect(performance.status.dropped == 0)
        }
        #expect(try await server.durations(of: "a") == (0...900).map(Double.init))
    }

    @Test func `a server that is full takes nothing, and everything once it has room`() async throws {
        let server = try await PrivateRedis.start()
        defer { server.stop() }
        try await withPerformance(on: server) { performance async throws in
            performance.logLatency("a", durationMS: 0)
            try await performance.flush()
            try await server.ask("CONFIG", "SET", "maxmemory", "1")
            for number in 1...250 { performance.logLatency("a", durationMS: Double(number)) }
            let error = await #expect(throws: CacheError.self) { try await performance.flush() }
            #expect(error?.code == .refused)
            #expect(try await server.added(to: "a") == 1)
            try await server.ask("CONFIG", "SET", "maxmemory", "0")
            try await performance.flush()
            #expect(try await server.durations(of: "a") == (0...250).map(Double.init))
        }
    }

    @Test func `a graceful end stores what waits`() async throws {
        let server = try await PrivateRedis.start()
        defer { server.stop() }
        let redis = RedisClient(configuration: server.configuration, logger: .silent)
        var limits = PerformanceLimits()
        limits.flushInterval = .seconds(3600)
        let performance = PerformanceLogger(.redis(redis), limits: limits, logger: .silent)
        let group = ServiceGroup(services: [redis, performance], gracefulShutdownSignals: [], logger: .silent)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await eventually { redis.status.isReady }
            for number in 0..<42 { performance.logLatency("a", durationMS: Double(number)) }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        #expect(try await server.durations(of: "a") == (0..<42).map(Double.init))
        #expect(performance.status.waiting == 0)
    }

    @Test func `a full batch does not wait for the interval`() async throws {
        let server = try await PrivateRedis.start()
        defer { server.stop() }
        var limits = PerformanceLimits()
        limits.flushInterval = .seconds(3600)
        _ = try await withRunningPerformance(on: server, limits: limits) { performance async throws in
            // What is there when it begins to run is stored at once, and every full batch from then on.
            performance.logLatency("a", durationMS: 0)
            try await eventually {
                // Whichever of both it was: filled up to whole batches, nothing is left over that only the interval would store.
                let waiting = performance.status.waiting
                for _ in waiting..<(waiting + 99) / 100 * 100 { performance.logLatency("a", durationMS: 0) }
                return waiting == 0
            }
            for _ in 0..<100 { performance.logLatency("a", durationMS: 1) }
            try await eventually { performance.status.waiting == 0 }
        }
        #expect(try await server.durations(of: "a").suffix(100) == Array(repeating: 1, count: 100)[...])
    }
}

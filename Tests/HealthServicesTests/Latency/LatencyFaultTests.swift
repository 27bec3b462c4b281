import CacheServices
import HealthServices
import Hiredis
import RedisTesting
import ServiceLifecycle
import Testing

extension Live {
    /// Many writers, and a Redis that hangs, dies or does not answer.
    @Suite(.timeLimit(.minutes(3))) struct LatencyFaultTests {}
}

extension Live.LatencyFaultTests {
    @Test func `of 6 writers with thousands of samples none is lost or there twice, and the cap is exact`() async throws {
        let server = try await PrivateRedis.start()
        defer { server.stop() }
        let (writers, each) = (6, 4000)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<writers {
                group.addTask {
                    try await withRunningLatency(on: server) { monitor async throws in
                        let own = try OperationName("writer:\(writer)")
                        for number in 0..<each {
                            monitor.recordLatency(own, number % 3 == 0 ? "x" : "y", latencyMS: Double(number), success: number % 5 != 0)
                            if number % 500 == 0 { await Task.yield() }
                        }
                        try await monitor.flush()
                        #expect(monitor.status == Self.status(stored: each))
                    }
                }
            }
            // Whoever reads meanwhile sees a stream that never exceeds its cap.
            group.addTask {
                try await withLatency(on: server) { monitor async throws in
                    for _ in 0..<20 { #expect(try await monitor.getEndToEndLatency().value?.count ?? 0 <= 10_000) }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await server.added() == writers * each)
        let entries = try await server.entries()
        #expect(entries.count == 10_000)
        try await withLatency(on: server) { monitor async throws in
            let stats = try await monitor.getLatencyStats().value
            #expect(stats.map(\.count).reduce(0, +) == 10_000)
            for one in stats {
                let mine = entries.filter { $0[3] == one.service.rawValue && $0[5] == one.operation.rawValue }
                let latencies = mine.compactMap { Double($0[7]) }
                #expect(one.count == mine.count)
                // Whole numbers add up without rounding.
                #expect(one.avgMS == latencies.reduce(0, +) / Double(latencies.count))
                #expect(one.minMS == latencies.min() && one.maxMS == latencies.max())
                #expect(one.successRate == Double(mine.count { $0[9] == "true" }) / Double(mine.count))
                for (value, percent) in [(one.p50MS, 50), (one.p95MS, 95), (one.p99MS, 99)] {
                    #expect(latencies.count { $0 <= value } * 100 >= percent * latencies.count)
                    #expect(latencies.count { $0 < value } * 100 < percent * latencies.count)
                }
            }
        }
    }

    private static func status(stored: Int) -> LatencyStatus {
        var status = LatencyStatus()
        status.stored = stored
        return status
    }

    @Test func `a batch that arrived without an answer is not there twice`() async throws {
        let server = try await PrivateRedis.start()
        defer { server.stop() }
        var configuration = server.configuration
        configuration.commandTimeout = .milliseconds(100)
        configuration.stallTimeout = .milliseconds(100)
        try await withLatency(on: server, configuration: configuration) { monitor async throws in
            monitor.recordLatency("a", "x", latencyMS: 0)
            try await eventually { (try? await monitor.flush()) != nil }
            for round in 0..<5 {
                for number in 0..<250 { monitor.recordLatency("a", "x", latencyMS: Double(1 + round * 250 + number)) }
                server.pause()
                let error = await #expect(throws: CacheError.self) { try await monitor.flush() }
                #expect(error?.code == .outcomeUnknown)
                server.resume()
                try await eventually { (try? await monitor.flush()) != nil }
            }
            #expect(monitor.status == Self.status(stored: 1251))
        }
        #expect(try await server.latencies() == (0...1250).map(Double.init))
    }

    @Test(arguments: [0, 1, 3, 4, 9].map { (CuttingProxy.Direction.reply, $0) } + [0, 40, 4000, 9000].map { (.request, $0) })
    func `connections that are cut lose nothing and double nothing`(direction: CuttingProxy.Direction, bytes: Int) async throws {
        let server = try await PrivateRedis.start()
        defer { server.stop() }
        let proxy = try await CuttingProxy.start(inFrontOf: server.port)
        var configuration = server.configuration
        configuration.endpoint = .tcp(host: "127.0.0.1", port: proxy.port)
        try await withLatency(on: server, configuration: configuration) { monitor async throws in
            monitor.recordLatency("a", "x", latencyMS: 0)
            try await monitor.flush()
            for number in 1...300 { monitor.recordLatency("a", "x", latencyMS: Double(number)) }
            proxy.cut(direction, after: bytes)
            try await eventually { (try? await monitor.flush()) != nil && monitor.status.waiting == 0 }
            #expect(proxy.cuts == 1)
        }
        try await proxy.stop()
        #expect(try await server.latencies() == (0...300).map(Double.init))
    }

    @Test func `while Redis is away callers do not wait, the newest are kept and every drop is counted`() async throws {
        let server = try await PrivateRedis.start()
        defer { server.stop() }
        let log = RecordedLog()
        var limits = LatencyLimits()
        limits.queue = 700
        try await withRunningLatency(on: server, limits: limits, logger: log.logger) { monitor async throws in
            monitor.recordLatency("a", "x", latencyMS: 0)
            try await eventually { monitor.status.stored == 1 }
            server.kill()
            var recorded = 1
            try await eventually {
                monitor.recordLatency("a", "x", latencyMS: 0)
                recorded += 1
                return log.messages.contains("warning: latency samples cannot be stored and wait")
            }
            let start = ContinuousClock.now
            for number in 1...50_000 { monitor.recordLatency("a", "x", latencyMS: Double(number) / 64) }
            recorded += 50_000
            let took = start.duration(to: .now)
            #expect(took < .seconds(2), "\(took)")
            let status = monitor.status
            // Each is in exactly one count; at most one batch beside the queue is on its way.
            #expect(status.stored + status.waiting + status.dropped == recorded)
            #expect((700...800).contains(status.waiting))
            let read = await #expect(throws: CacheError.self) { try await monitor.getLatencyStats() }
            #expect(read?.code == .unavailable)
            try await server.start()
            try await eventually { monitor.status.waiting == 0 }
            #expect(monitor.status.dropped == status.dropped && monitor.status.stored == recorded - status.dropped)
            // The server came back empty: what it has now is what waited.
            let stored = try await server.latencies()
            #expect(stored.count == status.waiting)
            #expect(stored.suffix(700) == (49_301...50_000).map { Double($0) / 64 }[...])
            #expect(try await monitor.getEndToEndLatency().value?.count == stored.count)
            #expect(log.messages.count { $0 == "warning: latency samples cannot be stored and wait" } == 1)
            try await eventually { log.messages.contains("notice: latency samples are stored again") }
            #expect(log.messages.contains("warning: latency samples were dropped"))
        }
    }

    @Test func `while Redis hangs callers do not wait either, and nothing is lost within the bound`() async throws {
        let server = try await PrivateRedis.start()
        defer { server.stop() }
        var configuration = server.configuration
        configuration.commandTimeout = .milliseconds(200)
        configuration.stallTimeout = .milliseconds(200)
        let log = RecordedLog()
        try await withRunningLatency(on: server, logger: log.logger, configuration: configuration) { monitor async throws in
            monitor.recordLatency("a", "x", latencyMS: 0)
            try await eventually { monitor.status.waiting == 0 }
            server.pause()
            let start = ContinuousClock.now
            for number in 1...900 { monitor.recordLatency("a", "x", latencyMS: Double(number)) }
            #expect(start.duration(to: .now) < .milliseconds(500))
            try await eventually { log.messages.contains("warning: latency samples cannot be stored and wait") }
            server.resume()
            try await eventually { monitor.status.waiting == 0 }
            #expect(monitor.status == Self.status(stored: 901))
        }
        #expect(try await server.latencies() == (0...900).map(Double.init))
    }

    @Test func `a server that is full takes nothing, and everything once it has room`() async throws {
        let server = try await PrivateRedis.start()
        defer { server.stop() }
        try await withLatency(on: server) { monitor async throws in
            monitor.recordLatency("a", "x", latencyMS: 0)
            try await monitor.flush()
            try await server.ask("CONFIG", "SET", "maxmemory", "1")
            for number in 1...250 { monitor.recordLatency("a", "x", latencyMS: Double(number)) }
            let error = await #expect(throws: CacheError.self) { try await monitor.flush() }
            #expect(error?.code == .refused)
            #expect(try await server.added() == 1)
            try await server.ask("CONFIG", "SET", "maxmemory", "0")
            try await monitor.flush()
            #expect(try await server.latencies() == (0...250).map(Double.init))
        }
    }

    @Test func `clearing a service hits no sample of another, whatever is recorded meanwhile`() async throws {
        let server = try await PrivateRedis.start()
        defer { server.stop() }
        try await withRunningLatency(on: server) { kept async throws in
            try await withRunningLatency(on: server) { cleared async throws in
                for round in 0..<20 {
                    for number in 0..<200 {
                        kept.recordLatency("kept", "x", latencyMS: Double(round * 200 + number))
                        cleared.recordLatency("cleared", "x", latencyMS: 1)
                    }
                    _ = try await cleared.clearMeasurements("cleared")
                }
                try await kept.flush()
                let stats = try await cleared.getLatencyStats().value
                #expect(stats.map(\.service) == ["kept"] && stats.first?.count == 4000)
            }
        }
        #expect(try await server.latencies() == (0..<4000).map(Double.init))
    }

    @Test func `a graceful end stores what waits`() async throws {
        let server = try await PrivateRedis.start()
        defer { server.stop() }
        let redis = RedisClient(configuration: server.configuration, logger: .silent)
        var limits = LatencyLimits()
        limits.flushInterval = .seconds(3600)
        let monitor = LatencyMonitor(.redis(redis), limits: limits, logger: .silent)
        let group = ServiceGroup(services: [redis, monitor], gracefulShutdownSignals: [], logger: .silent)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await eventually { redis.status.isReady }
            for number in 0..<42 { monitor.recordLatency("a", "x", latencyMS: Double(number)) }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        #expect(try await server.latencies() == (0..<42).map(Double.init))
        #expect(monitor.status == Self.status(stored: 42))
        #expect(try await server.ask("KEYS", "*stats*").array == [])
    }
}

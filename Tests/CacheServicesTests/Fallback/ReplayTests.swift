@testable import CacheServices
import Hiredis
import RedisTesting
import Synchronization
import Testing

extension Live {
    @Suite struct ReplayTests {}
}

extension Live.ReplayTests {
    private final class Counts: Sendable {
        let state = Mutex((redis: 0, memory: 0, pushed: 0, unknown: 0))
    }

    @Test func `writes of an outage are in Redis within a second of its answering`() async throws {
        let server = try await PrivateRedis.durable()
        defer { server.stop() }
        try await withFallback(server.configuration) { cache async throws in
            let (signals, metrics) = (SignalCache(cache), MetricsCache(cache))
            try await cache.set("kept", [1], expiry: .never)
            try await cache.lpush("list", [0])
            try await cache.lpush("list", [1])
            try await signals.publish(try .sample("before"))
            try await metrics.setPosition("OLD", try .sample(symbol: "OLD"))
            server.kill()
            try await cache.leftRedis()
            for number in 1...50 { #expect(try await signals.publish(.sample("s\(number)", at: .second(number))).stored == .memory) }
            try await cache.set("kept", [2], expiry: .never)
            try await cache.set("new", [3])
            try await cache.update("new") { ($0 ?? []) + [4] }
            for number in 2...5 { try await cache.lpush("list", [UInt8(number)]) }
            try await metrics.setPosition("USDCOP", try .sample())
            try await metrics.deletePosition("OLD")
            try await metrics.setFinancialMetrics(try FinancialMetrics(timestamp: .sample, totalPnL: 1))
            try await metrics.updateMetricSnapshot(try FinancialMetricsUpdate(winRate: 0.5))
            try await metrics.setCustomMetric("a", try CustomMetricValue(1))
            #expect(cache.status.pendingWrites == 50 + 3 + 4 + 5)
            try await server.start()
            #expect(try await cache.returned() < .seconds(1))
            #expect((cache.status.pendingWrites, cache.status.conflicts) == (0, 0))
            try await withRedis(on: server) { redis async throws in
                let history = try await SignalCache(redis).getHistory("USDCOP", limit: 100).map(\.signalID)
                #expect(history == (1...50).reversed().map { "s\($0)" } + ["before"])
                #expect(try await SignalCache(redis).getLatest()?.signalID == "s50")
                #expect(try await redis.get(["kept", "new"]) == [[2], [3, 4]])
                #expect(try await redis.lrange("list", 0, -1) == [[5], [4], [3], [2], [1], [0]])
                #expect(try await MetricsCache(redis).getAllPositions().keys.sorted() == ["USDCOP"])
                #expect(try await MetricsCache(redis).getFinancialMetrics()?.winRate == 0.5)
                #expect(try await MetricsCache(redis).getFinancialMetrics()?.totalPnL == 1)
                #expect(try await MetricsCache(redis).getCustomMetrics() == ["a": CustomMetricValue(1)])
            }
        }
    }

    @Test func `updates of an outage that meet each other all survive`() async throws {
        let server = try await PrivateRedis.durable()
        defer { server.stop() }
        try await withFallback(server.configuration) { cache async throws in
            let metrics = MetricsCache(cache)
            try await metrics.setFinancialMetrics(try FinancialMetrics(timestamp: .sample, totalTrades: 1))
            server.kill()
            try await cache.leftRedis()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<20 {
                    group.addTask { try await metrics.updateMetricSnapshot(try FinancialMetricsUpdate(totalPnL: Double(number))) }
                    group.addTask { try await metrics.updateMetricSnapshot(try FinancialMetricsUpdate(winRate: Double(number) / 20)) }
                    group.addTask { try await cache.update("counter") { [($0?.first ?? 0) + 1] } }
                }
                try await group.waitForAll()
            }
            let known = try #require(try await metrics.getFinancialMetrics())
            try await server.start()
            try await cache.returned()
            #expect(cache.status.conflicts == 0)
            #expect(try await server.ask("GET", "usdcop:metrics:financial").bytes == known.json)
            #expect(known.totalPnL != nil && known.winRate != nil && known.totalTrades == 1)
            #expect(try await server.ask("GET", "usdcop:counter").bytes == [20])
        }
    }

    @Test func `two processes that replay at once do no harm`() async throws {
        let server = try await PrivateRedis.durable()
        defer { server.stop() }
        try await withFallback(server.configuration) { one async throws in
            try await withFallback(server.configuration) { two async throws in
                try await one.set("a", [0])
                try await two.knows("a", nil)
                _ = try await two.get("a")
                server.kill()
                try await one.leftRedis()
                try await two.leftRedis()
                for (cache, name) in [(one, "one"), (two, "two")] {
                    for number in 0..<20 {
                        try await SignalCache(cache).publish(try .sample("both\(number)", at: .second(number)))
                        try await SignalCache(cache).publish(try .sample("\(name)\(number)", at: .second(number)))
                        try await cache.lpush("list", .init("\(name)\(number)"))
                    }
                    try await cache.set("a", .init(name))
                    try await MetricsCache(cache).setPosition("USDCOP", try .sample(name))
                }
                try await server.start()
                try await one.returned()
                try await two.returned()
                #expect(one.status.conflicts + two.status.conflicts == 2)
                let history = try await SignalCache(one).getHistory("USDCOP", limit: 100).map(\.signalID)
                #expect(history.count == 60)
                #expect(Set(history).count == 60)
                let list = try await two.lrange("list", 0, -1).map(\.text)
                #expect(list.filter { $0.hasPrefix("one") } == (0..<20).reversed().map { "one\($0)" })
                #expect(list.filter { $0.hasPrefix("two") } == (0..<20).reversed().map { "two\($0)" })
                let value = try await one.get("a")
                #expect(value == .init("one") || value == .init("two"))
                #expect(try await two.get("a") == value)
                #expect(try await MetricsCache(one).getPosition("USDCOP") == MetricsCache(two).getPosition("USDCOP"))
            }
        }
    }

    /// Writers that never pause, across two deaths of Redis: every accepted signal is in Redis in the end, once.
    @Test func `no write is lost or doubled that comes while Redis goes, is away, or returns`() async throws {
        let server = try await PrivateRedis.durable()
        defer { server.stop() }
        let symbols = (0..<10).map { "S\($0)" }
        let counts = Counts()
        try await withFallback(server.configuration) { cache async throws in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for name in symbols {
                    group.addTask {
                        for number in 0..<100 {
                            let signal = try Signal.sample("\(name)-\(number)", at: .second(number), symbol: try Symbol(name))
                            let result = try await SignalCache(cache).publish(signal)
                            #expect(result.history == .added)
                            counts.state.withLock { if result.stored == .redis { $0.redis += 1 } else { $0.memory += 1 } }
                            do throws(CacheError) {
                                try await cache.lpush("list:\(name)", .init("\(number)"))
                                counts.state.withLock { $0.pushed += 1 }
                            } catch {
                                #expect(error.code == .outcomeUnknown)
                                counts.state.withLock { $0.unknown += 1 }
                            }
                            try await Task.sleep(for: .milliseconds(5))
                        }
                    }
                }
                group.addTask {
                    for _ in 0..<2 {
                        try await Task.sleep(for: .milliseconds(120))
                        server.kill()
                        try await cache.leftRedis()
                        try await server.start()
                    }
                }
                try await group.waitForAll()
            }
            try await cache.returned()
            #expect(cache.status.conflicts == 0)
            let count = counts.state.withLock { $0 }
            #expect(count.redis > 0 && count.memory > 0)
            #expect(count.redis + count.memory == 1000)
            try await withRedis(on: server) { direct async throws in
                var pushed = 0
                for name in symbols {
                    let ids = try await SignalCache(direct).getHistory(try Symbol(name), limit: 100).map(\.signalID)
                    #expect(ids == (0..<100).reversed().map { "\(name)-\($0)" })
                    let list = try await direct.lrange("list:\(name)", 0, -1).compactMap { Int($0.text) }
                    #expect(zip(list, list.dropFirst()).allSatisfy { $0 > $1 })
                    pushed += list.count
                }
                #expect((count.pushed...count.pushed + count.unknown).contains(pushed))
            }
        }
    }
}

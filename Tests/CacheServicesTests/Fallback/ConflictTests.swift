@testable import CacheServices
import Hiredis
import RedisTesting
import Testing

extension Live {
    /// Redis lives on while this process cannot reach it, and others write.
    @Suite struct ConflictTests {}
}

extension Live.ConflictTests {
    @Test func `values that changed in Redis meanwhile win, and what was built on the loser goes with it`() async throws {
        let log = RecordedLog()
        try await withCutNetwork(logger: log.logger) { cache, other, proxy async throws in
            for key in ["a", "b", "c"] { try await cache.set(key, [0]) }
            proxy.setBlackHole(true)
            try await cache.set("a", [1])
            try await cache.leftRedis()
            try await cache.set("a", [2])
            try await cache.set("b", [3])
            try await cache.delete("c")
            try await other.set("a", [9])
            try await other.set("c", [8])
            proxy.setBlackHole(false)
            try await cache.returned()
            #expect(try await other.get(["a", "b", "c"]) == [[9], [3], [8]])
            #expect(try await cache.get(["a", "b", "c"]) == [[9], [3], [8]])
            #expect(cache.status.conflicts == 3)
            #expect(log.messages.contains { $0.hasPrefix("warning: a write of the outage lost") })
            proxy.setBlackHole(true)
            try await cache.set("a", [10])
            try await cache.leftRedis()
            proxy.setBlackHole(false)
            try await cache.returned()
            #expect(try await other.get("a") == [10])
            #expect(cache.status.conflicts == 3)
        }
    }

    @Test func `metrics win by their time`() async throws {
        try await withCutNetwork { cache, other, proxy async throws in
            let (mine, theirs) = (MetricsCache(cache), MetricsCache(other))
            for (own, foreign, winner) in [(5, 10, 10), (30, 20, 30)] {
                try await mine.setFinancialMetrics(try FinancialMetrics(timestamp: .sample, totalTrades: 0))
                proxy.setBlackHole(true)
                _ = try await cache.get("a")
                try await cache.leftRedis()
                try await mine.setFinancialMetrics(try FinancialMetrics(timestamp: .second(own), totalTrades: own))
                try await theirs.setFinancialMetrics(try FinancialMetrics(timestamp: .second(foreign), totalTrades: foreign))
                proxy.setBlackHole(false)
                try await cache.returned()
                #expect(try await theirs.getFinancialMetrics()?.totalTrades == winner)
            }
            #expect(cache.status.conflicts == 1)
        }
    }

    @Test func `signals of both sides are merged`() async throws {
        try await withCutNetwork { cache, other, proxy async throws in
            proxy.setBlackHole(true)
            _ = try await cache.get("a")
            try await cache.leftRedis()
            try await SignalCache(cache).publish(try .sample("mine", at: .second(1)))
            try await SignalCache(cache).publish(try .sample("both", at: .second(2)))
            try await SignalCache(other).publish(try .sample("both", at: .second(2)))
            try await SignalCache(other).publish(try .sample("theirs", at: .second(3)))
            #expect(try await SignalCache(cache).getLatest()?.signalID == "both")
            proxy.setBlackHole(false)
            try await cache.returned()
            #expect(try await SignalCache(cache).getHistory("USDCOP").map(\.signalID) == ["mine", "theirs", "both"])
            #expect(try await SignalCache(cache).getLatest()?.signalID == "theirs")
            #expect(cache.status.conflicts == 0)
        }
    }

    @Test func `a key whose type changed meanwhile is left alone`() async throws {
        try await withCutNetwork { cache, other, proxy async throws in
            try await cache.set("a", [0])
            proxy.setBlackHole(true)
            try await cache.set("a", [1])
            try await cache.leftRedis()
            try await other.delete("a")
            try await other.lpush("a", [7])
            try await cache.set("b", [2])
            proxy.setBlackHole(false)
            try await cache.returned()
            #expect(try await other.lrange("a", 0, -1) == [[7]])
            #expect(try await other.get("b") == [2])
            #expect(cache.status.conflicts == 1)
        }
    }
}

import CacheServices
import Testing

extension Live {
    @Suite struct SignalQueryContractTests {}
}

extension Live.SignalQueryContractTests {
    private static func fill(_ signals: SignalCache) async throws {
        try await signals.publish(try .sample("u2", at: .second(2), .sell, confidence: 0.5))
        try await signals.publish(try .sample("u3", at: .second(3), .hold, confidence: 0.75, model: "v3"))
        try await signals.publish(try .sample("u1", at: .second(1), .buy, confidence: 1))
        try await signals.publish(try .sample("e9", at: .second(9), symbol: "EUR/COP"))
    }

    @Test(arguments: Backend.allCases)
    func `the last arrived comes first, whatever its time`(backend: Backend) async throws {
        try await backend.run { cache async throws in
            let signals = SignalCache(cache)
            try await Self.fill(signals)
            #expect(try await signals.getHistory("USDCOP").map(\.signalID) == ["u1", "u3", "u2"])
            #expect(try await signals.getLatest()?.signalID == "e9")
        }
    }

    @Test(arguments: Backend.allCases)
    func `a range has both its ends`(backend: Backend) async throws {
        try await backend.run { cache async throws in
            let signals = SignalCache(cache)
            try await Self.fill(signals)
            let table: [(Int, Int, [String])] = [
                (1, 3, ["u1", "u3", "u2"]), (1, 1, ["u1"]), (2, 3, ["u3", "u2"]), (4, 9, []), (-9, 0, []),
            ]
            for (start, end, found) in table {
                let range = try await signals.getSignalsInRange("USDCOP", from: .second(start), to: .second(end))
                #expect(range.map(\.signalID) == found)
            }
            #expect(try await signals.getSignalsInRange("USDCOP", from: .earliest, to: .latest).count == 3)
            await expect(.invalidArgument) { try await signals.getSignalsInRange("USDCOP", from: .second(1), to: .second(0)) }
        }
    }

    @Test(arguments: Backend.allCases)
    func `statistics count a symbol's history`(backend: Backend) async throws {
        try await backend.run { cache async throws in
            let signals = SignalCache(cache)
            try await Self.fill(signals)
            let stats = try await signals.getSignalStats("USDCOP")
            #expect((stats.total, stats.buy, stats.sell, stats.hold) == (3, 1, 1, 1))
            #expect(stats.avgConfidence == 0.75)
            #expect(stats.successRate == nil)
            #expect(stats.byModel == ["v2.1.0": 2, "v3": 1])
            let none = try await signals.getSignalStats("NONE")
            #expect(none.total == 0)
            #expect(none.avgConfidence == nil)
        }
    }

    @Test(arguments: Backend.allCases)
    func `each symbol shows its signal with the greatest time`(backend: Backend) async throws {
        try await backend.run { cache async throws in
            let signals = SignalCache(cache)
            #expect(try await signals.getLatestBySymbol().isEmpty)
            try await Self.fill(signals)
            #expect(try await signals.getSymbolsWithHistory() == ["EUR/COP", "USDCOP"])
            #expect(try await signals.getLatestBySymbol().mapValues(\.signalID) == ["USDCOP": "u3", "EUR/COP": "e9"])
        }
    }

    @Test(arguments: Backend.complete)
    func `a cleared history is gone from every list, and the latest stays`(backend: Backend) async throws {
        try await backend.run { cache async throws in
            let signals = SignalCache(cache)
            try await Self.fill(signals)
            #expect(try await signals.clearHistory("EUR/COP"))
            #expect(try await !signals.clearHistory("EUR/COP"))
            #expect(try await signals.getHistory("EUR/COP").isEmpty)
            #expect(try await signals.getSymbolsWithHistory() == ["USDCOP"])
            #expect(try await signals.getLatestBySymbol().keys.sorted() == ["USDCOP"])
            #expect(try await signals.getLatest()?.signalID == "e9")
            try await signals.addToHistory("EUR/COP", try .sample("e1", at: .second(1), symbol: "EUR/COP"))
            #expect(try await signals.getLatestBySymbol()["EUR/COP"]?.signalID == "e1")
        }
    }

    @Test(arguments: Backend.complete)
    func `clearing all signals leaves everything else`(backend: Backend) async throws {
        try await backend.run { cache async throws in
            let signals = SignalCache(cache)
            try await Self.fill(signals)
            try await cache.lpush("signal:history:GBPCOP", try Signal.sample(symbol: "GBPCOP").json)
            try await MetricsCache(cache).setPosition("USDCOP", try .sample())
            #expect(try await signals.clearAll() == 4)
            #expect(try await signals.clearAll() == 0)
            #expect(try await cache.keys("*") == ["position:active:USDCOP"])
            #expect(try await signals.getSymbolsWithHistory().isEmpty)
            #expect(try await signals.getLatest() == nil)
        }
    }

    @Test func `clearing needs Redis where Redis is wanted`() async throws {
        try await Backend.fallbackAway.run { cache async throws in
            let signals = SignalCache(cache)
            try await Self.fill(signals)
            await expect(.unavailable) { try await signals.clearHistory("USDCOP") }
            await expect(.unavailable) { try await signals.clearAll() }
            #expect(try await signals.getHistory("USDCOP").count == 3)
        }
    }
}

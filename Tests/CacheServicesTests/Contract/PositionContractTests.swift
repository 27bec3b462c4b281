import CacheServices
import Testing

extension Live {
    @Suite struct PositionContractTests {}
}

extension Live.PositionContractTests {
    @Test(arguments: Backend.allCases)
    func `a position stays until it is closed`(backend: Backend) async throws {
        try await backend.run { cache async throws in
            let metrics = MetricsCache(cache)
            #expect(try await metrics.getPosition("USDCOP") == nil)
            #expect(try await metrics.setPosition("USDCOP", .sample()) == .stored)
            #expect(try await metrics.getPosition("USDCOP") == .sample())
            #expect(try await cache.ttl("position:active:USDCOP") == .never)
            #expect(try await metrics.setPosition("USDCOP", .sample(pnl: 1)) == .stored)
            #expect(try await metrics.getPositionCount() == 1)
            #expect(try await metrics.setPosition("USDCOP", .sample(status: .closed)) == .removed)
            #expect(try await metrics.getPosition("USDCOP") == nil)
            #expect(try await metrics.getPositionCount() == 0)
            #expect(try await metrics.setPosition("USDCOP", .sample(status: .closed)) == .removed)
        }
    }

    @Test(arguments: Backend.allCases)
    func `a position belongs under its own symbol`(backend: Backend) async throws {
        try await backend.run { cache async throws in
            await expect(.invalidArgument) { try await MetricsCache(cache).setPosition("EURCOP", try .sample()) }
            #expect(try await cache.keys("*").isEmpty)
        }
    }

    @Test(arguments: Backend.allCases)
    func `all positions are read and added up at one moment`(backend: Backend) async throws {
        try await backend.run { cache async throws in
            let metrics = MetricsCache(cache)
            let none = try await metrics.getAggregatePositionMetrics()
            #expect((none.totalPnL, none.totalPositions, none.winRate) == (0, 0, nil))
            for (symbol, pnl) in [("A", 10.0), ("B", -4), ("C", 0), ("D/E", 2)] {
                try await metrics.setPosition(try Symbol(symbol), try .sample(symbol, symbol: try Symbol(symbol), pnl: pnl))
            }
            #expect(try await metrics.getAllPositions().mapValues(\.pnl) == ["A": 10, "B": -4, "C": 0, "D/E": 2])
            #expect(try await metrics.getPositionCount() == 4)
            let sums = try await metrics.getAggregatePositionMetrics()
            #expect((sums.totalPnL, sums.totalPositions, sums.profitablePositions, sums.losingPositions) == (8, 4, 2, 1))
            #expect(sums.winRate == 0.5)
            #expect(try await metrics.deletePosition("A"))
            #expect(try await !metrics.deletePosition("A"))
            #expect(try await metrics.getAllPositions().keys.sorted() == ["B", "C", "D/E"])
        }
    }

    @Test(arguments: Backend.allCases)
    func `a damaged position is reported, left alone, and does not hide the others`(backend: Backend) async throws {
        try await backend.run { cache async throws in
            let trace = CacheTrace()
            let metrics = MetricsCache(cache).traced(by: trace)
            try await metrics.setPosition("USDCOP", try .sample())
            try await metrics.setPosition("BAD", try .sample(symbol: "BAD"))
            try await cache.set("position:active:BAD", .init("{}"), expiry: .never)
            await expect(.dataConflict) { try await metrics.getPosition("BAD") }
            #expect(try await metrics.getAllPositions().keys.sorted() == ["USDCOP"])
            #expect(trace.unreadableKeys == ["position:active:BAD"])
            #expect(try await cache.get("position:active:BAD")?.text == "{}")
        }
    }
}

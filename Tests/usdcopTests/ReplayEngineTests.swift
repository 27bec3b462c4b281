import CacheServices
import Testing

@testable import usdcop

@Suite("The replay engine")
struct ReplayEngineTests {
    @Test("gives one signal for each price, named after symbol and time")
    func signals() throws {
        let steps = try Self.replay(StrategyTests.wave)
        #expect(steps.count == StrategyTests.wave.count)
        let first = try #require(steps.first).signal
        #expect(first.signalID == "replay-USDCOP-2024-01-01T05:00:00.000Z")
        #expect(first.timestamp.iso8601 == "2024-01-01T05:00:00.000Z")
        #expect(first.modelVersion == "rsi14-macd")
        #expect(first.action == .hold)
        #expect(first.confidence == 0)
        #expect(first.executionLatencyMS == 0)
        #expect(Set(steps.map(\.signal.signalID)).count == steps.count)
        #expect(steps.map(\.signal.price) == StrategyTests.wave)
    }

    @Test("gives the same on every run")
    func repeatable() throws {
        let (one, other) = (try Self.replay(StrategyTests.wave), try Self.replay(StrategyTests.wave))
        #expect(one == other)
    }

    @Test("opens, marks and closes positions that keep their name, short ones with a quantity below zero")
    func positions() throws {
        var active: Position?
        var closed = 0
        for step in try Self.replay(StrategyTests.wave) {
            for change in step.positionChanges {
                switch change {
                case .opened(let position):
                    #expect(active == nil)
                    #expect(position.status == .open)
                    #expect(position.pnl == 0)
                    #expect(position.positionID == step.signal.signalID)
                    #expect(position.quantity == (step.signal.action == .buy ? 10_000 : -10_000))
                    active = position
                case .marked(let position):
                    #expect(position.positionID == active?.positionID)
                    #expect(position.currentPrice == step.signal.price)
                    active = position
                case .closed(let position):
                    #expect(position.positionID == active?.positionID)
                    #expect(position.status == .closed)
                    active = nil
                    closed += 1
                }
            }
            #expect(step.metrics.activePositions == (active == nil ? 0 : 1))
            #expect(step.metrics.totalTrades == closed)
            #expect((step.metrics.winRate == nil) == (closed == 0))
        }
        #expect(closed > 0)
    }

    @Test("accounts for every peso: the final PnL is that of the closed positions and the open one")
    func balance() throws {
        let steps = try Self.replay(StrategyTests.wave)
        var realised = 0.0
        var open = 0.0
        for change in steps.flatMap(\.positionChanges) {
            switch change {
            case .opened(let position), .marked(let position): open = position.pnl
            case .closed(let position): realised += position.pnl
            }
        }
        let metrics = try #require(steps.last).metrics
        #expect(metrics.totalPnL == realised + open)
        #expect(metrics.portfolioValue == PaperAccount.defaultCapital + realised + open)
    }

    @Test(
        "gives the execution latency in milliseconds, within what a signal allows",
        arguments: [(.microseconds(1500), 1.5), (.seconds(-1), 0), (.seconds(2_000_000_000), 1e9)] as [(Duration, Double)])
    func fixedLatency(latency: Duration, expected: Double) throws {
        var engine = ReplayEngine(symbol: "USDCOP", executionLatency: .fixed(latency))
        #expect(try engine.step(Self.point(0, 4000)).signal.executionLatencyMS == expected)
    }

    @Test("can measure the execution latency")
    func measuredLatency() throws {
        var engine = ReplayEngine(symbol: "USDCOP", executionLatency: .measured)
        #expect(try engine.step(Self.point(0, 4000)).signal.executionLatencyMS >= 0)
    }

    @Test("takes the longest symbol and any prices of the range")
    func bounds() throws {
        var engine = ReplayEngine(symbol: try Symbol(String(repeating: "X", count: 32)))
        for index in 0..<300 {
            let price = index % 3 == 0 ? PriceText.range.lowerBound : index % 7 == 0 ? PriceText.range.upperBound : 4000
            _ = try engine.step(Self.point(index, price))
        }
    }

    private static func replay(_ prices: [Double]) throws -> [ReplayStep] {
        var engine = ReplayEngine(symbol: "USDCOP")
        return try prices.enumerated().map { try engine.step(point($0, $1)) }
    }

    /// Prices of consecutive days from 1 January 2024 on.
    private static func point(_ index: Int, _ price: Double) -> PricePoint {
        PricePoint(time: Timestamp(milliseconds: 1_704_085_200_000 + Int64(index) * 86_400_000), price: price, line: index + 2)
    }
}

import CacheServices
import Testing

@testable import usdcop

@Suite("The limits of the desk")
struct RiskWatchTests {
    private func check(
        _ watch: inout RiskWatch, step: Int, drawdown: Double = 0, exposure: Double = 0, volatility: Double? = nil, jump: Double? = nil
    ) -> [RiskWatch.Finding] {
        let figures = DeskFigures(
            totalPnL: 0, realisedPnL: 0, winRate: nil, sharpeRatio: nil, maxDrawdown: drawdown, closedTrades: 0, openPositions: 0,
            portfolioValue: 1, drawdown: drawdown, exposure: exposure, volatility: volatility)
        let quote = MarketQuote(moment: MarketMoment(step: step), regime: .calm, price: 4000, spread: 1, volume: 0, jump: jump)
        return watch.check([], figures, quote)
    }

    @Test func `a limit is told when it is crossed, and not while it stays so`() throws {
        var watch = RiskWatch()
        #expect(check(&watch, step: 0, exposure: 399_999).isEmpty)
        let finding = try #require(check(&watch, step: 1, exposure: -500_000).first)
        #expect(finding.kind == .exposure && finding.threshold == 400_000 && finding.value == 500_000 && finding.severity == "medium")
        #expect(finding.message.contains("short 500,000 USD"))
        for step in 2..<500 { #expect(check(&watch, step: step, exposure: -500_000).isEmpty) }
    }

    @Test func `it is told again after it was well kept and a while has passed`() {
        var watch = RiskWatch()
        #expect(check(&watch, step: 0, volatility: 0.31).count == 1)
        // Not far enough below.
        #expect(check(&watch, step: 200, volatility: 0.25).isEmpty)
        #expect(check(&watch, step: 201, volatility: 0.31).isEmpty)
        #expect(check(&watch, step: 202, volatility: 0.2).isEmpty)
        #expect(check(&watch, step: 203, volatility: 0.5).map(\.severity) == ["high"])
        // Too soon.
        #expect(check(&watch, step: 204, volatility: 0.1).isEmpty)
        #expect(check(&watch, step: 205, volatility: 0.5).isEmpty)
    }

    @Test func `a drawdown is told at every whole percent that it reaches anew`() {
        var watch = RiskWatch()
        var told: [Double] = []
        for (step, drawdown) in [0.005, 0.011, 0.012, 0.019, 0.021, 0.018, 0.022, 0.041, 0.031, 0.036, 0.045, 0.001, 0.015].enumerated() {
            told += check(&watch, step: step, drawdown: drawdown).map(\.threshold)
        }
        #expect(told == [0.01, 0.02, 0.04, 0.04, 0.01])
    }

    @Test func `jumps of either direction are told`() throws {
        var watch = RiskWatch()
        #expect(check(&watch, step: 0, jump: 0.004).isEmpty)
        let finding = try #require(check(&watch, step: 1, jump: -0.012).first)
        #expect(finding.kind == .jump && finding.value == 0.012 && finding.message.contains("-1.20%") && finding.symbol == "USDCOP")
    }

    /// At one step a second: some in an hour, and not one every minute.
    @Test(arguments: [21, 4, 9] as [UInt64])
    func `there are alerts now and then`(seed: UInt64) {
        var (desk, alerts) = (DemoDesk(seed: seed), 0)
        for _ in 0..<7200 { alerts += desk.next(now: .now).alerts.count }
        #expect((8...100).contains(alerts))
    }
}

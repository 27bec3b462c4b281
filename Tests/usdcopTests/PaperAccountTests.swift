import CacheServices
import Testing

@testable import usdcop

@Suite("The paper account")
struct PaperAccountTests {
    static let dayLength: Int64 = 86_400_000

    @Test("opens, keeps, turns and turns back one position at a time")
    func positions() {
        var account = PaperAccount(quantity: 10)
        let long = PaperPosition(
            side: .long, quantity: 10, entryPrice: 100, entryTime: day(1), currentPrice: 100)
        let short = PaperPosition(
            side: .short, quantity: 10, entryPrice: 120, entryTime: day(4), currentPrice: 120)

        #expect(account.apply(.hold, price: 90, time: day(0)) == [])
        #expect(account.apply(.buy, price: 100, time: day(1)) == [.opened(long)])
        #expect(account.apply(.hold, price: 110, time: day(2)) == [.marked(marked(long, 110))])
        #expect(account.apply(.buy, price: 105, time: day(3)) == [.marked(marked(long, 105))])
        #expect(account.totalPnL == 50)
        #expect(account.winRate == nil)
        #expect(account.apply(.sell, price: 120, time: day(4)) == [.closed(marked(long, 120), pnl: 200), .opened(short)])
        #expect(account.apply(.sell, price: 115, time: day(5)) == [.marked(marked(short, 115))])
        #expect(account.totalPnL == 250)
        #expect(account.winRate == 1)
        let turned = account.apply(.buy, price: 130, time: day(6))
        #expect(turned.first == .closed(marked(short, 130), pnl: -100))
        #expect(turned.count == 2)
        #expect(account.totalPnL == 100)
        #expect(account.closedTrades == 2)
        #expect(account.winRate == 0.5)
    }

    @Test("is short first if it sells first")
    func shortFirst() {
        var account = PaperAccount(quantity: 10)
        #expect(account.apply(.sell, price: 100, time: day(0)).count == 1)
        #expect(account.position?.side == .short)
        _ = account.apply(.hold, price: 80, time: day(1))
        #expect(account.position?.pnl == 200)
        #expect(account.position?.pnlPercent == 20)
    }

    @Test("does not count a trade that neither gains nor loses as won")
    func evenTrade() {
        var account = PaperAccount(quantity: 10)
        _ = account.apply(.buy, price: 100, time: day(0))
        _ = account.apply(.sell, price: 100, time: day(1))
        #expect(account.winRate == 0)
    }

    @Test("measures drawdown from the highest value it had")
    func drawdown() {
        var account = PaperAccount(initialCapital: 1000, quantity: 10)
        _ = account.apply(.buy, price: 100, time: day(0))
        #expect(account.maxDrawdown == 0)
        for (offset, price) in [150.0, 120, 140, 105, 160].enumerated() {
            _ = account.apply(.hold, price: price, time: day(Int64(offset + 1)))
        }
        #expect(account.portfolioValue == 1600)
        #expect(abs(account.maxDrawdown - (1500 - 1050) / 1500) < 1e-12)
    }

    @Test("annualises the mean over the sample deviation of its daily returns")
    func sharpe() throws {
        var account = PaperAccount(initialCapital: 1000, quantity: 10)
        var ratios: [Double?] = []
        for (offset, (action, price)) in [(SignalAction.buy, 100.0), (.hold, 110), (.hold, 104.5), (.hold, 115)].enumerated() {
            _ = account.apply(action, price: price, time: day(Int64(offset)))
            ratios.append(account.sharpeRatio)
        }
        #expect(ratios[0] == nil)
        #expect(ratios[1] == nil)
        // Values 1000, 1100, 1045, 1150: returns 0.1, −0.05, 105/1045.
        let returns = [0.1, -0.05, 105.0 / 1045]
        let mean = returns.reduce(0, +) / 3
        let variance = returns.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 2
        let expected = mean / variance.squareRoot() * 252.0.squareRoot()
        #expect(abs(try #require(ratios[3]) - expected) < 1e-9)
    }

    @Test("counts one return a day, whatever happens within it")
    func intraday() {
        var (once, often) = (PaperAccount(), PaperAccount())
        for (offset, price) in [4000.0, 4100, 4050, 4200].enumerated() {
            _ = once.apply(.buy, price: price, time: day(Int64(offset)))
            for (hour, detour) in [(0, 0.0), (9, 55), (12, -70)] where offset > 0 {
                _ = often.apply(.buy, price: price + detour, time: day(Int64(offset), hour: hour))
            }
            _ = often.apply(.buy, price: price, time: day(Int64(offset), hour: 18))
        }
        #expect(once.sharpeRatio != nil)
        #expect(once.sharpeRatio == often.sharpeRatio)
    }

    @Test("has no Sharpe ratio while its value does not move")
    func noDeviation() {
        var account = PaperAccount()
        for offset in 0..<10 { _ = account.apply(.hold, price: 4000 + Double(offset), time: day(Int64(offset))) }
        #expect(account.sharpeRatio == nil)
        #expect(account.winRate == nil)
        #expect(account.maxDrawdown == 0)
        #expect(account.portfolioValue == PaperAccount.defaultCapital)
    }

    @Test("is not touched by prices that are none", arguments: [0, -1, .nan, .infinity, 1e300, 1e-300] as [Double])
    func noPrice(price: Double) {
        var account = PaperAccount()
        _ = account.apply(.buy, price: 4000, time: day(0))
        #expect(account.apply(.sell, price: price, time: day(1)) == [])
        #expect(account.totalPnL == 0)
        #expect(account.position?.currentPrice == 4000)
    }

    @Test("takes the defaults for a capital or quantity that cannot be", arguments: [0, -1, .nan, .infinity] as [Double])
    func defaults(amount: Double) {
        let account = PaperAccount(initialCapital: amount, quantity: amount)
        #expect(account.initialCapital == PaperAccount.defaultCapital)
        #expect(account.quantity == PaperAccount.defaultQuantity)
    }

    @Test("reports finite numbers even when it is ruined")
    func ruin() {
        var account = PaperAccount(initialCapital: 1, quantity: 1e12)
        let actions: [SignalAction] = [.buy, .sell, .hold]
        for offset in 0..<60 {
            let price = offset.isMultiple(of: 2) ? 1e12 : 1e-9
            _ = account.apply(actions[offset % 3], price: price, time: day(Int64(offset)))
            #expect(account.totalPnL.isFinite)
            #expect(account.portfolioValue.isFinite)
            #expect(account.maxDrawdown.isFinite && account.maxDrawdown >= 0)
            #expect(account.sharpeRatio?.isFinite ?? true)
            #expect(account.winRate.map { (0...1).contains($0) } ?? true)
        }
    }

    @Test("pays the price of the deal and is valued at the price of the market")
    func dealingPrice() {
        var account = PaperAccount(quantity: 10)
        #expect(account.wouldTrade(.buy) && account.wouldTrade(.sell) && !account.wouldTrade(.hold))
        _ = account.apply(.buy, price: 100, dealingAt: 101, time: day(0))
        #expect(account.position?.entryPrice == 101)
        #expect(!account.wouldTrade(.buy) && account.wouldTrade(.sell))
        _ = account.apply(.hold, price: 100, dealingAt: 1, time: day(0))
        #expect(account.totalPnL == -10)
        _ = account.apply(.sell, price: 110, dealingAt: 109, time: day(1))
        #expect(account.realisedPnL == 80)
        #expect(account.position?.entryPrice == 109)
        #expect(account.apply(.buy, price: 110, dealingAt: .nan, time: day(1)) == [])
    }

    @Test("closes its position when it is told to")
    func close() {
        var account = PaperAccount(quantity: 10)
        #expect(account.close(at: 100, time: day(0)) == nil)
        _ = account.apply(.sell, price: 100, time: day(0))
        #expect(account.close(at: -1, time: day(0)) == nil)
        let closed = account.close(at: 120, time: day(1))
        guard case .closed(let position, let pnl)? = closed else {
            Issue.record("it was not closed")
            return
        }
        #expect(position.currentPrice == 120 && pnl == -200)
        #expect(account.position == nil && account.closedTrades == 1 && account.winRate == 0)
        #expect(account.totalPnL == -200 && account.maxDrawdown > 0)
    }

    private func day(_ number: Int64, hour: Int = 0) -> Timestamp {
        Timestamp(milliseconds: (number + 20_000) * Self.dayLength + Int64(hour + 5) * 3_600_000)
    }

    private func marked(_ position: PaperPosition, _ price: Double) -> PaperPosition {
        var position = position
        position.currentPrice = price
        return position
    }
}

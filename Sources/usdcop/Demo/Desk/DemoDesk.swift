import CacheServices

/// The market and the desk that trades it: one seed, one sequence of prices, signals, positions and alerts, whatever the speed.
struct DemoDesk: Sendable {
    /// Changes when the same seed would no longer give the same sequence; what another version left is not continued.
    static let version = 1

    /// Pesos at the start.
    static let capital = 5_000_000_000.0

    /// Steps before the first one that is shown: twenty days, so that there are indicators, trades and a Sharpe ratio, and an hour and a half
    /// of the session.
    static let warmUp = 20 * MarketMoment.stepsInDay + MarketMoment.hoursBefore + 90

    let seed: UInt64
    private var market: SyntheticMarket
    private var random: Xoshiro256
    private var latencies: Xoshiro256
    private(set) var books = Instrument.all.map(Book.init)
    private var volatility = RealisedVolatility()
    private var returns = DailyReturns()
    private var peak = capital
    private var maxDrawdown = 0.0
    private var watch = RiskWatch()

    /// A desk before its first step.
    init(seed: UInt64) {
        self.seed = seed
        market = SyntheticMarket(seed: seed)
        random = Xoshiro256(seed: seed, for: "orders")
        latencies = Xoshiro256(seed: seed, for: "models")
    }

    /// Takes the next step.
    ///
    /// - Parameter now: the time that positions opened now are given.
    mutating func next(now: Timestamp) -> DeskStep {
        let quote = market.next()
        let steps = books.indices.map { books[$0].step(quote, random: &random, now: now) }
        if quote.moment.isOpen { volatility.add(quote.price) } else { volatility.pause() }
        let figures = figures(on: quote.moment.day)
        let latency = latencies.logNormal(median: 38, sigma: 0.35)
        return DeskStep(
            quote: quote, books: steps, figures: figures, alerts: watch.check(steps, figures, quote),
            modelLatencyMS: (min(latency, 900) * 10).rounded() / 10)
    }

    private mutating func figures(on day: Int64) -> DeskFigures {
        let accounts = books.map(\.account)
        let pnl = accounts.reduce(0) { $0 + $1.totalPnL }
        let value = Self.capital + pnl
        peak = max(peak, value)
        let drawdown = (peak - value) / peak
        maxDrawdown = max(maxDrawdown, drawdown)
        returns.mark(value, day: day)
        let closed = accounts.reduce(0) { $0 + $1.closedTrades }
        let profitable = accounts.reduce(0) { $0 + $1.profitableTrades }
        return DeskFigures(
            totalPnL: pnl, realisedPnL: accounts.reduce(0) { $0 + $1.realisedPnL },
            winRate: closed > 0 ? Double(profitable) / Double(closed) : nil, sharpeRatio: returns.sharpeRatio,
            maxDrawdown: maxDrawdown, closedTrades: closed, openPositions: accounts.count { $0.position != nil }, portfolioValue: value,
            drawdown: drawdown, exposure: accounts.reduce(0) { $0 + ($1.position?.signedQuantity ?? 0) }, volatility: volatility.value)
    }
}

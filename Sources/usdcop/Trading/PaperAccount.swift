import CacheServices

/// An account that trades on paper: one position at a time, a fixed quantity, no costs.
///
/// BUY wants to be long and SELL to be short: either opens a position if there is none, turns one of the other side
/// (closes it and opens its own at the same price), and keeps one of its own side. HOLD keeps what there is.
struct PaperAccount: Sendable {
    /// What happened to a position.
    enum Event: Equatable, Sendable {
        case opened(PaperPosition)
        /// The position was closed at its current price, with its PnL in the quote currency.
        case closed(PaperPosition, pnl: Double)
        /// The position was kept and valued at a new price.
        case marked(PaperPosition)
    }

    /// The quote currency at the start: 1,000,000,000 COP.
    static let defaultCapital = 1_000_000_000.0

    /// The base currency in a position: 10,000 USD.
    static let defaultQuantity = 10_000.0

    let initialCapital: Double
    let quantity: Double

    /// The open position.
    private(set) var position: PaperPosition?

    /// The number of positions that were closed.
    private(set) var closedTrades = 0

    /// The greatest loss from a peak of the portfolio's value, as a fraction of the peak, at least 0.
    private(set) var maxDrawdown = 0.0

    /// The number of closed positions that gained.
    private(set) var profitableTrades = 0

    /// What the closed positions brought.
    private(set) var realisedPnL = 0.0

    private var peak: Double
    private var returns = DailyReturns()

    /// - Parameters:
    ///   - initialCapital: above zero and at most 1e18; another value gives ``defaultCapital``.
    ///   - quantity: above zero and at most 1e12; another value gives ``defaultQuantity``.
    init(initialCapital: Double = PaperAccount.defaultCapital, quantity: Double = PaperAccount.defaultQuantity) {
        self.initialCapital = initialCapital > 0 && initialCapital <= 1e18 ? initialCapital : Self.defaultCapital
        self.quantity = quantity > 0 && quantity <= 1e12 ? quantity : Self.defaultQuantity
        peak = self.initialCapital
    }

    /// Whether an action would change the position.
    func wouldTrade(_ action: SignalAction) -> Bool { wanted(by: action) != position?.side }

    /// Values the account at a price, then trades as the action says.
    ///
    /// - Parameter dealingPrice: what is paid or got if there is a trade; the price itself unless given.
    /// - Returns: what happened, in order. A price outside ``PriceText/range`` changes nothing.
    mutating func apply(_ action: SignalAction, price: Double, dealingAt dealingPrice: Double? = nil, time: Timestamp) -> [Event] {
        let dealingPrice = dealingPrice ?? price
        guard PriceText.range.contains(price), PriceText.range.contains(dealingPrice) else { return [] }
        position?.currentPrice = price
        let events = trade(action, price: price, dealingPrice: dealingPrice, time: time)
        note(time)
        return events
    }

    /// Closes the position, whatever any action says; nil when there is none, or for a price outside ``PriceText/range``.
    mutating func close(at price: Double, time: Timestamp) -> Event? {
        guard PriceText.range.contains(price), let event = closePosition(at: price) else { return nil }
        note(time)
        return event
    }

    /// What all positions brought to date, the open one at its current price.
    var totalPnL: Double { realisedPnL + (position?.pnl ?? 0) }

    /// The initial capital and the total PnL.
    var portfolioValue: Double { initialCapital + totalPnL }

    /// The fraction of closed positions that gained, or nil before the first.
    var winRate: Double? { closedTrades > 0 ? Double(profitableTrades) / Double(closedTrades) : nil }

    /// The annualised Sharpe ratio of the daily returns (see ``DailyReturns/sharpeRatio``).
    var sharpeRatio: Double? { returns.sharpeRatio }

    private func wanted(by action: SignalAction) -> PaperPosition.Side? {
        switch action {
        case .buy: .long
        case .sell: .short
        case .hold: position?.side
        }
    }

    private mutating func trade(_ action: SignalAction, price: Double, dealingPrice: Double, time: Timestamp) -> [Event] {
        guard let wanted = wanted(by: action) else { return [] }
        if let position, position.side == wanted { return [.marked(position)] }
        let closed = closePosition(at: dealingPrice)
        let opened = PaperPosition(side: wanted, quantity: quantity, entryPrice: dealingPrice, entryTime: time, currentPrice: price)
        position = opened
        return (closed.map { [$0] } ?? []) + [.opened(opened)]
    }

    private mutating func closePosition(at dealingPrice: Double) -> Event? {
        guard var position else { return nil }
        position.currentPrice = dealingPrice
        self.position = nil
        realisedPnL += position.pnl
        closedTrades += 1
        if position.pnl > 0 { profitableTrades += 1 }
        return .closed(position, pnl: position.pnl)
    }

    private mutating func note(_ time: Timestamp) {
        let value = portfolioValue
        peak = max(peak, value)
        maxDrawdown = max(maxDrawdown, (peak - value) / peak)
        returns.mark(value, day: BogotaTime.day(of: time))
    }
}

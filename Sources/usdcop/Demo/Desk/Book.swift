import CacheServices

/// The strategy and the paper account of one instrument.
struct Book: Sendable {
    /// A position and the step at which it was opened, which names it.
    struct Holding: Equatable, Sendable {
        let position: PaperPosition
        let openedAt: Int
    }

    /// What happened to a position.
    enum Change: Equatable, Sendable {
        case opened(Holding)
        case closed(Holding)
        case marked(Holding)
    }

    /// What a step of the market came to.
    struct Step: Equatable, Sendable {
        let instrument: Instrument
        let price: Double
        /// What the strategy says; nil between two bars.
        let decision: Decision?
        let order: DeskOrder?
        /// Whether the order was sent because the position had lost too much.
        let isStop: Bool
        let changes: [Change]
    }

    /// The loss in percent at which a position is closed.
    static let stopLoss = 1.0

    let instrument: Instrument
    private var strategy = Strategy()
    private(set) var account: PaperAccount
    private var openedAt = 0

    init(_ instrument: Instrument) {
        self.instrument = instrument
        account = PaperAccount(quantity: instrument.quantity)
    }

    /// The open position.
    var holding: Holding? { account.position.map { Holding(position: $0, openedAt: openedAt) } }

    /// Takes the next step of the market.
    ///
    /// - Parameters:
    ///   - random: for what a market does to orders; it is asked only when there is one.
    ///   - now: the time that a position opened now is given.
    mutating func step(_ quote: MarketQuote, random: inout Xoshiro256, now: Timestamp) -> Step {
        let price = instrument.price(spot: quote.price)
        let decision = quote.moment.step.isMultiple(of: instrument.stepsInBar) ? decide(price, quote) : nil
        let action = decision?.action ?? .hold
        let (order, isStop) = (order(action, price, quote, &random), mustStop(price, quote))
        let before = holding
        let events: [PaperAccount.Event]
        if isStop, let order {
            events =
                order.isFilled
                ? account.close(at: order.price, time: now).map { [$0] } ?? [] : account.apply(.hold, price: price, time: now)
        } else {
            events = account.apply(order?.isFilled == true ? action : .hold, price: price, dealingAt: order?.price, time: now)
        }
        let changes = events.map { event -> Change in
            switch event {
            case .opened(let position):
                openedAt = quote.moment.step
                return .opened(Holding(position: position, openedAt: openedAt))
            case .closed(let position, _): return .closed(Holding(position: position, openedAt: before?.openedAt ?? openedAt))
            case .marked(let position): return .marked(Holding(position: position, openedAt: openedAt))
            }
        }
        return Step(instrument: instrument, price: price, decision: decision, order: order, isStop: isStop, changes: changes)
    }

    /// Whether the position has lost so much that it is closed, whatever the strategy says.
    private func mustStop(_ price: Double, _ quote: MarketQuote) -> Bool {
        guard quote.moment.isOpen, var position = account.position else { return false }
        position.currentPrice = price
        return position.pnlPercent <= -Self.stopLoss
    }

    private func order(_ action: SignalAction, _ price: Double, _ quote: MarketQuote, _ random: inout Xoshiro256) -> DeskOrder? {
        if mustStop(price, quote), let position = account.position {
            return send(position.side == .long ? .sell : .buy, position.quantity, price, quote, &random)
        }
        guard account.wouldTrade(action) else { return nil }
        // A position of the other side is turned.
        return send(action, instrument.quantity * (account.position == nil ? 1 : 2), price, quote, &random)
    }

    /// What the strategy says. Nobody deals outside of the session.
    private mutating func decide(_ price: Double, _ quote: MarketQuote) -> Decision {
        let decision = strategy.decide(on: price)
        guard !quote.moment.isOpen else { return decision }
        return Decision(action: .hold, confidence: decision.confidence, features: decision.features)
    }

    /// Crosses the spread, and mostly a little more.
    private func send(
        _ action: SignalAction, _ quantity: Double, _ price: Double, _ quote: MarketQuote, _ random: inout Xoshiro256
    ) -> DeskOrder {
        let side = action == .buy ? 1.0 : -1
        let slippage = quote.spread / 2 + quote.spread * (0.1 + 0.35 * random.normal())
        let dealt = ((price + side * slippage) * 100).rounded() / 100
        return DeskOrder(quantity: side * quantity, price: dealt, slippage: side * (dealt - price), isFilled: !random.chance(0.03))
    }
}

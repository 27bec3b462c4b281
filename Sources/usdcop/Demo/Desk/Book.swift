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
        let changes: [Change]
    }

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
        let order = account.wouldTrade(action) ? send(action, price, quote, &random) : nil
        let before = holding
        let events = account.apply(order?.isFilled == true ? action : .hold, price: price, dealingAt: order?.price, time: now)
        let changes = events.map { event -> Change in
            switch event {
            case .opened(let position):
                openedAt = quote.moment.step
                return .opened(Holding(position: position, openedAt: openedAt))
            case .closed(let position, _): return .closed(Holding(position: position, openedAt: before?.openedAt ?? openedAt))
            case .marked(let position): return .marked(Holding(position: position, openedAt: openedAt))
            }
        }
        return Step(instrument: instrument, price: price, decision: decision, order: order, changes: changes)
    }

    /// What the strategy says. Nobody deals outside of the session.
    private mutating func decide(_ price: Double, _ quote: MarketQuote) -> Decision {
        let decision = strategy.decide(on: price)
        guard !quote.moment.isOpen else { return decision }
        return Decision(action: .hold, confidence: decision.confidence, features: decision.features)
    }

    /// Crosses the spread, and mostly a little more.
    private func send(_ action: SignalAction, _ price: Double, _ quote: MarketQuote, _ random: inout Xoshiro256) -> DeskOrder {
        let side = action == .buy ? 1.0 : -1
        let slippage = quote.spread / 2 + quote.spread * (0.1 + 0.35 * random.normal())
        let dealt = ((price + side * slippage) * 100).rounded() / 100
        // A position of the other side is turned.
        let quantity = side * instrument.quantity * (account.position == nil ? 1 : 2)
        return DeskOrder(quantity: quantity, price: dealt, slippage: side * (dealt - price), isFilled: !random.chance(0.03))
    }
}

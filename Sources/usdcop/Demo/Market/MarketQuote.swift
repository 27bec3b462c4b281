/// What the market shows at one step.
struct MarketQuote: Equatable, Sendable {
    let moment: MarketMoment
    let regime: MarketRegime

    /// The middle of bid and ask: Colombian pesos for one US dollar, in whole centavos.
    let price: Double

    /// Ask less bid, in pesos.
    let spread: Double

    /// Dealt in this minute, in millions of US dollars; 0 outside of the session.
    let volume: Double

    /// How far a jump carried the price in this step, as a fraction; nil without one.
    let jump: Double?
}

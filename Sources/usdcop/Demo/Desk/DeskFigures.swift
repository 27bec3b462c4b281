/// The desk's books together after a step.
struct DeskFigures: Equatable, Sendable {
    /// What all positions brought, the open ones at their current prices.
    let totalPnL: Double
    /// What the closed ones brought.
    let realisedPnL: Double
    let winRate: Double?
    let sharpeRatio: Double?
    let maxDrawdown: Double
    let closedTrades: Int
    let openPositions: Int
    let portfolioValue: Double

    /// The loss from the highest value so far, as a fraction of it.
    let drawdown: Double

    /// Dollars held less dollars owed.
    let exposure: Double

    /// The volatility of the last half hour or so of the session, as a fraction in a year; nil before there is any.
    let volatility: Double?
}

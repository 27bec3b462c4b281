import CacheServices

/// A position of the paper account. It never reached a market.
struct PaperPosition: Equatable, Sendable {
    enum Side: Sendable {
        /// Gains when the price rises.
        case long

        /// Gains when the price falls.
        case short
    }

    let side: Side

    /// The amount of the base currency, above zero for either side.
    let quantity: Double

    let entryPrice: Double
    let entryTime: Timestamp

    /// The price it was last marked with.
    var currentPrice: Double

    /// The quantity, below zero when short.
    var signedQuantity: Double { side == .long ? quantity : -quantity }

    /// What closing at the current price would bring, in the quote currency.
    var pnl: Double { (currentPrice - entryPrice) * signedQuantity }

    /// The PnL in percent of the amount at entry.
    var pnlPercent: Double { (currentPrice - entryPrice) / entryPrice * (side == .long ? 100 : -100) }
}

import CacheServices

/// What the desk trades: dollars now, or dollars to be settled in pesos later (non-deliverable forwards).
struct Instrument: Equatable, Sendable {
    let symbol: Symbol

    /// Days to settlement, 0 for the spot.
    let days: Int

    /// Steps of the market between two decisions.
    let stepsInBar: Int

    /// Dollars in a position.
    let quantity: Double

    /// The version under which its signals are published.
    let modelVersion: String

    static let all = [
        Instrument(symbol: "USDCOP-3M", days: 90, stepsInBar: 15, quantity: 100_000, modelVersion: Strategy.modelVersion + "-15m"),
        Instrument(symbol: "USDCOP-1M", days: 30, stepsInBar: 5, quantity: 150_000, modelVersion: Strategy.modelVersion + "-5m"),
        Instrument(symbol: "USDCOP", days: 0, stepsInBar: 1, quantity: 250_000, modelVersion: Strategy.modelVersion + "-1m"),
    ]

    /// What pesos earn more than dollars in a year: what a forward is dearer than the spot.
    private static let carry = 0.046

    /// Its price in whole centavos at a price of the spot.
    func price(spot: Double) -> Double {
        (spot * (1 + Self.carry * Double(days) / 360) * 100).rounded() / 100
    }
}

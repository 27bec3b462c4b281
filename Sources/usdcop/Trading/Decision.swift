import CacheServices

/// What the strategy makes of a price.
struct Decision: Equatable, Sendable {
    let action: SignalAction

    /// How clear the case is, 0…1.
    let confidence: Double

    /// The numbers behind it: `close`, `change_percent`, `rsi`, `macd`, `macd_signal`, `macd_histogram`, each as soon as
    /// there are enough prices for it.
    let features: [String: Double]
}

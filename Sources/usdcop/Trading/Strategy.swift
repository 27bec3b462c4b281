import CacheServices

/// A simple rule on RSI(14) and MACD(12, 26, 9), price by price.
///
/// It buys when the price has fallen much and the fall loses force, and sells in the mirrored case. It is there to drive
/// the services with lifelike signals: it knows nothing of costs, carry or news, and is no advice to trade.
///
/// The same prices always give the same decisions. Until RSI and two MACD values exist (35 prices) it holds with
/// confidence 0.
struct Strategy: Sendable {
    /// The version under which its signals are published.
    static let modelVersion = "rsi14-macd"

    /// RSI below which it may buy.
    static let buyThreshold = 35.0

    /// RSI above which it may sell.
    static let sellThreshold = 65.0

    private var rsi = RelativeStrengthIndex()
    private var macd = MovingAverageConvergenceDivergence()
    private var previousClose: Double?
    private var previousHistogram: Double?

    /// Adds the next price and decides.
    ///
    /// - Parameter close: a price within ``PriceText/range``.
    mutating func decide(on close: Double) -> Decision {
        let (rsi, macd) = (rsi.add(close), macd.add(close))
        var features = ["close": close]
        features["change_percent"] = previousClose.map { (close - $0) / $0 * 100 }
        features["rsi"] = rsi
        features["macd"] = macd?.line
        features["macd_signal"] = macd?.signal
        features["macd_histogram"] = macd?.histogram
        defer {
            previousClose = close
            previousHistogram = macd?.histogram
        }
        guard let rsi, let macd, let previousHistogram else {
            return Decision(action: .hold, confidence: 0, features: features)
        }
        let (action, confidence) = Self.judge(rsi: rsi, histogram: macd.histogram, previousHistogram: previousHistogram)
        return Decision(action: action, confidence: confidence, features: features)
    }

    /// The rule itself.
    ///
    /// BUY if the RSI is below ``buyThreshold`` and the MACD histogram rises, SELL if it is above ``sellThreshold`` and the
    /// histogram falls, else HOLD. With *turn* = |h − h′| / (|h| + |h′|), which is 1 when the histogram changes sign, and
    /// *depth* = how far the RSI is beyond the threshold, 0…1:
    /// - BUY and SELL have the confidence ½ + (depth + turn) / 4;
    /// - HOLD has the mean of how near the RSI is to 50 and how steady the histogram is.
    static func judge(rsi: Double, histogram: Double, previousHistogram: Double) -> (action: SignalAction, confidence: Double) {
        let span = abs(histogram) + abs(previousHistogram)
        let turn = span > 0 ? min(1, abs(histogram - previousHistogram) / span) : 0
        if rsi < buyThreshold, histogram > previousHistogram {
            return (.buy, 0.5 + ((buyThreshold - rsi) / buyThreshold + turn) / 4)
        }
        if rsi > sellThreshold, histogram < previousHistogram {
            return (.sell, 0.5 + ((rsi - sellThreshold) / (100 - sellThreshold) + turn) / 4)
        }
        return (.hold, ((1 - abs(rsi - 50) / 50) + (1 - turn)) / 2)
    }
}

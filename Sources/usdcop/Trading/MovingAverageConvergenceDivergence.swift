/// The MACD of Gerald Appel, price by price: how far a fast average of the price is from a slow one.
///
/// All three averages are ``ExponentialMovingAverage``s. With 12, 26 and 9 the line exists from the 26th price on,
/// its signal and histogram from the 34th.
struct MovingAverageConvergenceDivergence: Sendable {
    struct Value: Equatable, Sendable {
        /// The fast average less the slow one, in the unit of the price.
        let line: Double

        /// The average of the line.
        let signal: Double

        /// The line less its signal: above zero while the line gains.
        var histogram: Double { line - signal }
    }

    private var fast: ExponentialMovingAverage
    private var slow: ExponentialMovingAverage
    private var signal: ExponentialMovingAverage

    init(fast: Int = 12, slow: Int = 26, signal: Int = 9) {
        self.fast = ExponentialMovingAverage(period: fast)
        self.slow = ExponentialMovingAverage(period: slow)
        self.signal = ExponentialMovingAverage(period: signal)
    }

    /// Adds the next price and returns the value, if all averages exist.
    mutating func add(_ price: Double) -> Value? {
        let (fast, slow) = (fast.add(price), slow.add(price))
        guard let fast, let slow, let signal = signal.add(fast - slow) else { return nil }
        return Value(line: fast - slow, signal: signal)
    }
}

/// The exponential moving average of a series, value by value.
///
/// The first `period` values give their plain mean; from then on each value v moves the average a by 2/(period+1)·(v − a).
struct ExponentialMovingAverage: Sendable {
    /// The number of values after which there is an average.
    let period: Int

    /// The average, once there are enough values.
    private(set) var value: Double?

    private var count = 0
    private var sum = 0.0

    init(period: Int) {
        self.period = max(1, period)
    }

    /// Adds the next value and returns the average, if there are enough values.
    mutating func add(_ next: Double) -> Double? {
        if let value {
            self.value = value + 2 / Double(period + 1) * (next - value)
        } else {
            count += 1
            sum += next
            if count == period { value = sum / Double(period) }
        }
        return value
    }
}

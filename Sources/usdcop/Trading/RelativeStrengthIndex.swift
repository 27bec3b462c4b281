/// The relative strength index of J. Welles Wilder (1978), price by price.
///
/// 100 · G / (G + L), where G and L are the average gain and loss from one price to the next. The first `period` changes
/// give plain means; from then on each change c moves an average a to (a · (period − 1) + c) / period.
struct RelativeStrengthIndex: Sendable {
    /// The number of changes after which there is an index.
    let period: Int

    private var previous: Double?
    private var changeCount = 0
    private var averageGain = 0.0
    private var averageLoss = 0.0

    init(period: Int = 14) {
        self.period = max(1, period)
    }

    /// Adds the next price and returns the index, if there are `period` changes.
    ///
    /// - Returns: 0 (only losses) to 100 (only gains); 50 if the price never moved.
    mutating func add(_ price: Double) -> Double? {
        defer { previous = price }
        guard let previous else { return nil }
        let change = price - previous
        let (gain, loss) = (max(0, change), max(0, -change))
        let length = Double(period)
        if changeCount < period {
            changeCount += 1
            averageGain += gain / length
            averageLoss += loss / length
        } else {
            averageGain = (averageGain * (length - 1) + gain) / length
            averageLoss = (averageLoss * (length - 1) + loss) / length
        }
        guard changeCount == period else { return nil }
        let total = averageGain + averageLoss
        return total > 0 ? 100 * (averageGain / total) : 50
    }
}

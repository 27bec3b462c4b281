/// The day-to-day returns of a portfolio, and what they say of its risk.
///
/// A day's value is the last one it was marked with. Memory does not grow with the number of days.
struct DailyReturns: Sendable {
    /// Trading days in a year, by which the Sharpe ratio is annualised.
    static let daysPerYear = 252.0

    /// Deviations below are rounding, not risk.
    private static let leastDeviation = 1e-12

    private var finished = Moments()
    private var day: Int64?
    private var value = 0.0
    /// The value at the end of the day before.
    private var base: Double?

    /// Notes the value at some time of a day. Days must not go back; a time that does counts to the current day.
    mutating func mark(_ value: Double, day: Int64) {
        guard value.isFinite else { return }
        if let current = self.day, day > current {
            finished = moments
            base = self.value
        }
        self.day = max(day, self.day ?? day)
        self.value = value
    }

    /// Mean over sample deviation of the returns to date, times √252; the riskless rate is taken as zero.
    ///
    /// Nil until there are two returns, and while they do not deviate.
    var sharpeRatio: Double? {
        let moments = moments
        guard moments.count >= 2 else { return nil }
        let deviation = (moments.squares / (moments.count - 1)).squareRoot()
        guard deviation > Self.leastDeviation else { return nil }
        let ratio = moments.mean / deviation * Self.daysPerYear.squareRoot()
        return ratio.isFinite ? ratio : nil
    }

    /// The returns of the days before and of the current day so far. A ruined portfolio has no returns.
    private var moments: Moments {
        var moments = finished
        if let base, base > 0 { moments.add(value / base - 1) }
        return moments
    }

    /// Count, mean and sum of squared deviations, by Welford's method.
    private struct Moments {
        var count = 0.0
        var mean = 0.0
        var squares = 0.0

        mutating func add(_ next: Double) {
            guard next.isFinite else { return }
            count += 1
            let distance = next - mean
            mean += distance / count
            squares += distance * (next - mean)
        }
    }
}

/// Count, mean, extremes and percentiles of samples. Pure; both the performance logger and the latency monitor state them this way.
package struct SampleStatistics: Sendable, Hashable {
    /// How many samples there were; at least 1.
    package let count: Int
    /// Their sum, in milliseconds.
    package let totalMS: Double
    package let averageMS: Double
    package let minimumMS: Double
    package let maximumMS: Double
    package let p50MS: Double
    package let p95MS: Double
    package let p99MS: Double
    /// The fraction that succeeded, 0…1.
    package let successRate: Double

    /// States samples in any order; `nil` when there are none, for then there is nothing to state.
    ///
    /// - Parameters:
    ///   - durations: in milliseconds, finite.
    ///   - successes: how many of them succeeded.
    package init?(_ durations: [Double], successes: Int) {
        let sorted = SortedDurations.sort(durations)
        guard let first = sorted.first, let last = sorted.last else { return nil }
        count = sorted.count
        totalMS = Self.sum(sorted)
        // Rounding must not carry the mean out of the range of what it is the mean of.
        averageMS = min(max(totalMS / Double(count), first), last)
        minimumMS = first
        maximumMS = last
        p50MS = sorted[Self.rank(50, of: count)]
        p95MS = sorted[Self.rank(95, of: count)]
        p99MS = sorted[Self.rank(99, of: count)]
        successRate = Double(successes) / Double(count)
    }

    /// The index of a percentile among sorted samples by nearest rank: ⌈count · percent / 100⌉ − 1, exact in whole numbers.
    ///
    /// - Parameters:
    ///   - percent: 1…100; beyond it is the nearest end.
    ///   - count: at least 1.
    package static func rank(_ percent: Int, of count: Int) -> Int {
        let percent = min(max(percent, 1), 100)
        // count = 100 · whole + rest, so that nothing can overflow.
        let (whole, rest) = count.quotientAndRemainder(dividingBy: 100)
        return max(0, whole * percent + (rest * percent + 99) / 100 - 1)
    }

    /// The sum with the rounding errors carried along (Neumaier): a million small samples beside a large one still count.
    package static func sum(_ values: [Double]) -> Double {
        var (sum, lost) = (0.0, 0.0)
        for value in values {
            let next = sum + value
            lost += abs(sum) >= abs(value) ? (sum - next) + value : (value - next) + sum
            sum = next
        }
        return sum + lost
    }
}

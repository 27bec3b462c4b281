/// A histogram at one moment.
struct HistogramReading: Sendable, Hashable {
    /// The upper bounds, ascending; the last bucket, of everything, has none.
    let bounds: [Double]
    /// How many values lie in each bucket and in none before it; one more than there are bounds.
    let counts: [UInt64]
    let sum: Double

    /// How many values are at most as great as each bound, and how many there are.
    var cumulativeCounts: [UInt64] {
        var total: UInt64 = 0
        return counts.map { count in
            total &+= count
            return total
        }
    }
}

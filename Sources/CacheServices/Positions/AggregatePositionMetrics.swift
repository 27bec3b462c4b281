/// What a list of positions amounts to.
public struct AggregatePositionMetrics: Sendable, Hashable {
    /// The sum of all profits and losses.
    public let totalPnL: Double
    /// How many positions there are.
    public let totalPositions: Int
    /// How many have a profit above 0.
    public let profitablePositions: Int
    /// How many have a loss below 0.
    public let losingPositions: Int

    /// Adds up positions.
    public init(_ positions: [Position]) {
        totalPnL = positions.reduce(0) { $0 + $1.pnl }
        totalPositions = positions.count
        profitablePositions = positions.count { $0.pnl > 0 }
        losingPositions = positions.count { $0.pnl < 0 }
    }

    /// The fraction of positions with a profit, 0 to 1, or nil without positions.
    public var winRate: Double? {
        totalPositions == 0 ? nil : Double(profitablePositions) / Double(totalPositions)
    }

    /// The sums as they go over the wire; `total_pnl` is null when it is beyond the range of `Double`.
    public var jsonValue: JSONValue {
        [
            "losing_positions": .integer(losingPositions),
            "profitable_positions": .integer(profitablePositions),
            "total_pnl": .finite(totalPnL),
            "total_positions": .integer(totalPositions),
            "win_rate": .finite(winRate),
        ]
    }
}

/// The desk's figures at one time, valid by construction (Seed: MetricsCacheData).
///
/// What nobody has given is nil and is not written; it is never an invented zero.
public struct FinancialMetrics: Sendable, Hashable {
    package enum Limits {
        package static let winRate = NumberRule.range(0...1)
        package static let figure = NumberRule.finite
        package static let counts = 0...9_007_199_254_740_991

        static func check(_ count: Int?, _ field: String, _ problems: inout [FieldProblem]) {
            guard let count, !counts.contains(count) else { return }
            problems.append(
                FieldProblem(
                    field: field, code: .outOfRange, sentence: "must be an integer from \(counts.lowerBound) to \(counts.upperBound)"))
        }
    }

    /// When the figures were taken.
    public let timestamp: Timestamp
    /// Profit and loss over all, finite.
    public let totalPnL: Double?
    /// The fraction of trades with a profit, 0 to 1.
    public let winRate: Double?
    /// The Sharpe ratio, finite.
    public let sharpeRatio: Double?
    /// The greatest drawdown, finite, with whatever sign the writer uses.
    public let maxDrawdown: Double?
    /// How many trades there were, 0 to 2^53 − 1.
    public let totalTrades: Int?
    /// How many positions are open, 0 to 2^53 − 1.
    public let activePositions: Int?
    /// What the portfolio is worth, finite.
    public let portfolioValue: Double?
    /// Fields that a newer writer stored and this version does not know; they are written back unchanged.
    public let unknown: [JSONValue.Member]

    /// Makes figures of checked values; throws a list of everything that is out of its range.
    public init(
        timestamp: Timestamp,
        totalPnL: Double? = nil,
        winRate: Double? = nil,
        sharpeRatio: Double? = nil,
        maxDrawdown: Double? = nil,
        totalTrades: Int? = nil,
        activePositions: Int? = nil,
        portfolioValue: Double? = nil
    ) throws(ValidationError) {
        var problems: [FieldProblem] = []
        Limits.check(activePositions, "active_positions", &problems)
        Limits.figure.check(maxDrawdown, "max_drawdown", &problems)
        Limits.figure.check(portfolioValue, "portfolio_value", &problems)
        Limits.figure.check(sharpeRatio, "sharpe_ratio", &problems)
        Limits.figure.check(totalPnL, "total_pnl", &problems)
        Limits.check(totalTrades, "total_trades", &problems)
        Limits.winRate.check(winRate, "win_rate", &problems)
        guard problems.isEmpty else { throw ValidationError(problems) }
        self.init(
            validTimestamp: timestamp, totalPnL: totalPnL, winRate: winRate, sharpeRatio: sharpeRatio, maxDrawdown: maxDrawdown,
            totalTrades: totalTrades, activePositions: activePositions, portfolioValue: portfolioValue, unknown: []
        )
    }

    init(
        validTimestamp timestamp: Timestamp, totalPnL: Double?, winRate: Double?, sharpeRatio: Double?, maxDrawdown: Double?,
        totalTrades: Int?, activePositions: Int?, portfolioValue: Double?, unknown: [JSONValue.Member]
    ) {
        self.timestamp = timestamp
        self.totalPnL = totalPnL
        self.winRate = winRate
        self.sharpeRatio = sharpeRatio
        self.maxDrawdown = maxDrawdown
        self.totalTrades = totalTrades
        self.activePositions = activePositions
        self.portfolioValue = portfolioValue
        self.unknown = unknown
    }
}

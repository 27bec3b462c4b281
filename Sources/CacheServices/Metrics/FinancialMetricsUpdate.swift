/// New values for some of the desk's figures; the others stay as they are (Seed: updateMetricSnapshot).
public struct FinancialMetricsUpdate: Sendable, Hashable {
    /// When the figures were taken, or nil for the time of the update.
    public let timestamp: Timestamp?
    /// Profit and loss over all, finite.
    public let totalPnL: Double?
    /// The fraction of trades with a profit, 0 to 1.
    public let winRate: Double?
    /// The Sharpe ratio, finite.
    public let sharpeRatio: Double?
    /// The greatest drawdown, finite.
    public let maxDrawdown: Double?
    /// How many trades there were, 0 to 2^53 − 1.
    public let totalTrades: Int?
    /// How many positions are open, 0 to 2^53 − 1.
    public let activePositions: Int?
    /// What the portfolio is worth, finite.
    public let portfolioValue: Double?

    /// Makes an update of checked values; throws a list of everything that is out of its range, or when it would change nothing.
    public init(
        timestamp: Timestamp? = nil,
        totalPnL: Double? = nil,
        winRate: Double? = nil,
        sharpeRatio: Double? = nil,
        maxDrawdown: Double? = nil,
        totalTrades: Int? = nil,
        activePositions: Int? = nil,
        portfolioValue: Double? = nil
    ) throws(ValidationError) {
        let figures = try FinancialMetrics(
            timestamp: timestamp ?? .earliest, totalPnL: totalPnL, winRate: winRate, sharpeRatio: sharpeRatio, maxDrawdown: maxDrawdown,
            totalTrades: totalTrades, activePositions: activePositions, portfolioValue: portfolioValue
        )
        self.timestamp = timestamp
        self.totalPnL = figures.totalPnL
        self.winRate = figures.winRate
        self.sharpeRatio = figures.sharpeRatio
        self.maxDrawdown = figures.maxDrawdown
        self.totalTrades = figures.totalTrades
        self.activePositions = figures.activePositions
        self.portfolioValue = figures.portfolioValue
        guard !isEmpty else { throw Self.empty }
    }

    /// Reads an update from outside: at least one field, none unknown, no nulls; throws `JSONParseError` or `ValidationError`.
    public init(strict json: [UInt8]) throws {
        try self.init(strict: try JSONParser.parse(json))
    }

    /// Reads an update from outside: at least one field, none unknown, no nulls; throws a list of everything that is wrong.
    public init(strict value: JSONValue) throws(ValidationError) {
        typealias Limits = FinancialMetrics.Limits
        var reader = JSONObjectReader(value, mode: .strict)
        activePositions = reader.integer("active_positions", in: Limits.counts, .optional)
        maxDrawdown = reader.number("max_drawdown", Limits.figure, .optional)
        portfolioValue = reader.number("portfolio_value", Limits.figure, .optional)
        sharpeRatio = reader.number("sharpe_ratio", Limits.figure, .optional)
        timestamp = reader.timestamp("timestamp", .optional)
        totalPnL = reader.number("total_pnl", Limits.figure, .optional)
        totalTrades = reader.integer("total_trades", in: Limits.counts, .optional)
        winRate = reader.number("win_rate", Limits.winRate, .optional)
        reader.finish()
        guard reader.problems.isEmpty else { throw reader.error }
        guard !isEmpty else { throw Self.empty }
    }

    /// The figures after this update: what it does not name stays, and the time is its own or `now`.
    public func applied(to metrics: FinancialMetrics?, now: Timestamp) -> FinancialMetrics {
        FinancialMetrics(
            validTimestamp: timestamp ?? now,
            totalPnL: totalPnL ?? metrics?.totalPnL,
            winRate: winRate ?? metrics?.winRate,
            sharpeRatio: sharpeRatio ?? metrics?.sharpeRatio,
            maxDrawdown: maxDrawdown ?? metrics?.maxDrawdown,
            totalTrades: totalTrades ?? metrics?.totalTrades,
            activePositions: activePositions ?? metrics?.activePositions,
            portfolioValue: portfolioValue ?? metrics?.portfolioValue,
            unknown: metrics?.unknown ?? []
        )
    }

    private var isEmpty: Bool {
        timestamp == nil && totalPnL == nil && winRate == nil && sharpeRatio == nil && maxDrawdown == nil && totalTrades == nil
            && activePositions == nil && portfolioValue == nil
    }

    private static var empty: ValidationError {
        ValidationError(field: "", code: .missing, sentence: "must name at least one field to change")
    }
}

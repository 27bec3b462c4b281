extension FinancialMetrics {
    /// Reads figures from outside: no unknown fields, no nulls; throws `JSONParseError` or `ValidationError`.
    public init(strict json: [UInt8]) throws {
        try self.init(strict: try JSONParser.parse(json))
    }

    /// Reads figures from outside: no unknown fields, no nulls; throws a list of everything that is wrong.
    public init(strict value: JSONValue) throws(ValidationError) {
        try self.init(value, mode: .strict)
    }

    /// Reads figures that are in Redis: unknown fields are kept, null counts as absent; throws `JSONParseError` or `ValidationError`.
    public init(stored bytes: [UInt8]) throws {
        try self.init(try JSONParser.parse(bytes, duplicateKeys: .lastWins), mode: .lenient)
    }

    private init(_ value: JSONValue, mode: JSONObjectReader.Mode) throws(ValidationError) {
        var reader = JSONObjectReader(value, mode: mode)
        let activePositions = reader.integer("active_positions", in: Limits.counts, .optional)
        let maxDrawdown = reader.number("max_drawdown", Limits.figure, .optional)
        let portfolioValue = reader.number("portfolio_value", Limits.figure, .optional)
        let sharpeRatio = reader.number("sharpe_ratio", Limits.figure, .optional)
        let timestamp = reader.timestamp("timestamp")
        let totalPnL = reader.number("total_pnl", Limits.figure, .optional)
        let totalTrades = reader.integer("total_trades", in: Limits.counts, .optional)
        let winRate = reader.number("win_rate", Limits.winRate, .optional)
        let unknown = reader.finish()
        guard reader.problems.isEmpty, let timestamp else { throw reader.error }
        self.init(
            validTimestamp: timestamp, totalPnL: totalPnL, winRate: winRate, sharpeRatio: sharpeRatio, maxDrawdown: maxDrawdown,
            totalTrades: totalTrades, activePositions: activePositions, portfolioValue: portfolioValue, unknown: unknown
        )
    }

    /// The figures as they go over the wire, without those that are absent.
    public var jsonValue: JSONValue {
        let figures: [(String, JSONValue?)] = [
            ("active_positions", activePositions.map(JSONValue.integer)),
            ("max_drawdown", maxDrawdown.map(JSONValue.finite)),
            ("portfolio_value", portfolioValue.map(JSONValue.finite)),
            ("sharpe_ratio", sharpeRatio.map(JSONValue.finite)),
            ("timestamp", .string(timestamp.iso8601)),
            ("total_pnl", totalPnL.map(JSONValue.finite)),
            ("total_trades", totalTrades.map(JSONValue.integer)),
            ("win_rate", winRate.map(JSONValue.finite)),
        ]
        return .object(figures.compactMap { name, value in value.map { JSONValue.Member(name, $0) } } + unknown)
    }

    /// The bytes as they are stored: canonical, so that the same figures always give the same bytes.
    public var json: [UInt8] { JSONWriter.bytes(jsonValue) }
}

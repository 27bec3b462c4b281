/// What a list of signals looks like as a whole.
public struct SignalStats: Sendable, Hashable {
    /// How many signals there are.
    public let total: Int
    /// How many advise to buy.
    public let buy: Int
    /// How many advise to sell.
    public let sell: Int
    /// How many advise to hold.
    public let hold: Int
    /// The mean confidence, 0 to 1, or nil without signals.
    public let avgConfidence: Double?
    /// The fraction that was filled, 0 to 1, or nil where no execution is known.
    public let successRate: Double?
    /// How many signals each model version gave.
    public let byModel: [String: Int]

    /// Counts signals; the success rate comes from whoever knows the executions.
    public init(_ signals: [Signal], successRate: Double? = nil) {
        total = signals.count
        buy = signals.count { $0.action == .buy }
        sell = signals.count { $0.action == .sell }
        hold = signals.count { $0.action == .hold }
        avgConfidence = signals.isEmpty ? nil : signals.reduce(0) { $0 + $1.confidence } / Double(signals.count)
        self.successRate = successRate
        byModel = signals.reduce(into: [:]) { $0[$1.modelVersion, default: 0] += 1 }
    }

    /// The statistics as they go over the wire.
    public var jsonValue: JSONValue {
        let models = byModel.map { JSONValue.Member($0.key, .integer($0.value)) }
        return [
            "avg_confidence": .finite(avgConfidence),
            "buy": .integer(buy),
            "by_model": .object(models.sorted { $0.name.precedesInUTF8($1.name) }),
            "hold": .integer(hold),
            "sell": .integer(sell),
            "success_rate": .finite(successRate),
            "total": .integer(total),
        ]
    }
}

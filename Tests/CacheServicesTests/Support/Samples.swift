import CacheServices

extension Timestamp {
    /// 2025-01-15T10:30:00.000Z
    static let sample = Timestamp(milliseconds: 1_736_937_000_000)

    /// Seconds after ``sample``.
    static func second(_ number: Int) -> Timestamp { sample + .seconds(number) }
}

extension Signal {
    static func sample(
        _ id: String = "sig-1", at time: Timestamp = .sample, symbol: Symbol = "USDCOP", _ action: SignalAction = .buy,
        confidence: Double = 0.87, model: String = "v2.1.0"
    ) throws -> Signal {
        try Signal(
            signalID: id, timestamp: time, symbol: symbol, action: action, confidence: confidence, price: 4285.5,
            features: ["macd": -12.4, "rsi_14": 61.3], modelVersion: model, executionLatencyMS: 45)
    }

    /// The sample as another program writes it: other order, spaces, an offset, a field that this version does not know.
    static func foreign(
        _ id: String = "py-1", at time: String = "2025-01-15T05:30:00.000-05:00", symbol: String = "USDCOP"
    ) -> [UInt8] {
        Array(
            """
            { "timestamp": "\(time)", "symbol": "\(symbol)", "signal_id": "\(id)", "price": 4285.50,
              "action": "BUY", "confidence": 8.7e-1, "features": {"rsi_14": 61.3}, "model_version": "v2",
              "venue": {"name": "SET-FX", "ids": [1, 9007199254740993]}, "execution_latency_ms": 45 }
            """.utf8)
    }
}

extension Position {
    static func sample(_ id: String = "pos-1", symbol: Symbol = "USDCOP", pnl: Double = 12.5, status: PositionStatus = .open) throws
        -> Position
    {
        try Position(
            positionID: id, symbol: symbol, entryPrice: 4250, currentPrice: 4262.5, quantity: 1, pnl: pnl, pnlPercent: 0.29,
            entryTime: .sample, status: status)
    }
}

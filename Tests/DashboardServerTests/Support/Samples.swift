import CacheServices

/// Bodies as the seed's examples have them.
enum Samples {
    static let signal = """
        {"signal_id": "sig_123", "timestamp": "2025-01-15T10:30:00.000Z", "symbol": "USDCOP", "action": "BUY", "confidence": 0.85, \
        "price": 4250.50, "features": {"rsi": 45}, "model_version": "v1.0", "execution_latency_ms": 45}
        """

    static func signal(_ id: String, at time: String = "2025-01-15T10:30:00.000Z", symbol: String = "USDCOP", action: String = "BUY")
        -> String
    {
        signal.replacingSubrange("sig_123", id).replacingSubrange("2025-01-15T10:30:00.000Z", time)
            .replacingSubrange("USDCOP", symbol).replacingSubrange("BUY", action)
    }

    static let position = """
        {"position_id": "pos_1", "symbol": "USDCOP", "entry_price": 4200, "current_price": 4250.5, "quantity": 1000, "pnl": 50500, \
        "pnl_percent": 1.2, "entry_time": "2025-01-15T10:30:00.000Z", "status": "OPEN"}
        """

    static let metrics = """
        {"timestamp": "2025-01-15T10:30:00.000Z", "total_pnl": 1250.5, "win_rate": 0.62, "sharpe_ratio": 1.4, "max_drawdown": -0.08, \
        "total_trades": 42, "active_positions": 1, "portfolio_value": 100000}
        """

    /// Canonical JSON of a text.
    static func json(_ text: String) throws -> JSONValue { try JSONParser.parse(Array(text.utf8)) }
}

extension String {
    func replacingSubrange(_ part: String, _ other: String) -> String {
        guard let range = firstRange(of: part) else { return self }
        return String(self[..<range.lowerBound]) + other + String(self[range.upperBound...])
    }
}

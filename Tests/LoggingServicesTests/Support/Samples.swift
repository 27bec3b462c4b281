import CacheServices
import LoggingServices

extension Timestamp {
    /// 2025-01-15T10:30:00.000Z
    static let sample = Timestamp(milliseconds: 1_736_937_000_000)
}

extension Signal {
    /// The signal of the seed's quick start.
    static func seed(
        _ id: String = "sig_123", symbol: Symbol = "USDCOP", _ action: SignalAction = .buy, second: Int = 0
    ) throws -> Signal {
        try Signal(
            signalID: id, timestamp: .sample + .seconds(second), symbol: symbol, action: action, confidence: 0.85, price: 4250.5,
            features: ["rsi": 45],
            modelVersion: "v1.0", executionLatencyMS: 45)
    }
}

extension Position {
    static func sample(_ id: String = "pos-1", symbol: Symbol = "USDCOP", quantity: Double = 1000) throws -> Position {
        try Position(
            positionID: id, symbol: symbol, entryPrice: 4250, currentPrice: 4262.5, quantity: quantity, pnl: 12.5, pnlPercent: 0.29,
            entryTime: .sample, status: .open)
    }
}

extension SignalExecution {
    static func sample(status: String = "filled") throws -> SignalExecution {
        try SignalExecution(executionID: "exec-1", price: 4251.25, quantity: 1000, status: status, timestamp: .sample + .seconds(1))
    }
}

extension RiskAlert {
    static func sample(symbol: Symbol? = nil) throws -> RiskAlert {
        try RiskAlert(
            type: "MAX_DRAWDOWN", severity: "high", message: "Drawdown is beyond its limit", threshold: 10, currentValue: 12.5,
            symbol: symbol)
    }
}

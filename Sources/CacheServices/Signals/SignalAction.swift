/// What a signal advises.
public enum SignalAction: String, Sendable, Hashable, CaseIterable {
    case buy = "BUY"
    case sell = "SELL"
    case hold = "HOLD"
}

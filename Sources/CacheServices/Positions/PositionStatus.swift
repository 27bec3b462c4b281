/// Whether a position is still held.
public enum PositionStatus: String, Sendable, Hashable, CaseIterable {
    case open = "OPEN"
    case closed = "CLOSED"
}

import CacheServices

/// What a step of the replay did to a position.
enum PositionChange: Equatable, Sendable {
    case opened(Position)

    /// The position was closed at its current price; its PnL is final.
    case closed(Position)

    /// The position was kept and valued at the new price.
    case marked(Position)
}

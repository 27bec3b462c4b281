import CacheServices

/// What one price of the history gives the services.
struct ReplayStep: Equatable, Sendable {
    let signal: Signal

    /// What happened to positions, in order: a position that is turned is closed first, then the other one opened.
    let positionChanges: [PositionChange]

    /// The figures after these changes.
    let metrics: FinancialMetrics
}

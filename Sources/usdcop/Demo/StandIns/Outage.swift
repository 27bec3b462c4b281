import CacheServices

/// A while in which one service does not do well.
struct Outage: Equatable, Sendable {
    enum Kind: CaseIterable, Sendable {
        /// It answers, late.
        case slow
        /// It answers that it cannot.
        case failing
        /// It takes requests and says nothing.
        case silent
    }

    let service: OperationName
    let kind: Kind
    /// Since the start of the demo.
    let start: Duration
    let length: Duration

    var end: Duration { start + length }
}

import Synchronization

@testable import DashboardServer

extension StreamHub {
    /// What was done so far.
    var counts: StreamCounts { state.withLock { $0.counts } }

    /// Whether somebody listens, and everybody gets what comes.
    var isEverybodyJoined: Bool { state.withLock { state in !state.members.isEmpty && state.members.values.allSatisfy(\.isJoined) } }

    /// The place of the present.
    var cursor: StreamCursor? { state.withLock { $0.log?.cursor } }

    /// Events of topics that were sent.
    var sentCount: Int { sent.load(ordering: .relaxed) }
}

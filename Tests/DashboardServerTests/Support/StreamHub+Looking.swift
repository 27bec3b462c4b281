import Synchronization

@testable import DashboardServer

extension StreamHub {
    /// What was done so far.
    var counts: StreamCounts { state.withLock { $0.counts } }

    /// Whether so many listen, and everybody has everything.
    func isCurrent(_ count: Int = 1) -> Bool {
        state.withLock { state in
            state.members.count == count && state.members.values.allSatisfy { $0.next != nil && $0.next == state.log?.end }
        }
    }

    /// The place of the present.
    var cursor: StreamCursor? { state.withLock { $0.log?.cursor } }

    /// Events of topics that were sent.
    var sentCount: Int { sent.load(ordering: .relaxed) }
}

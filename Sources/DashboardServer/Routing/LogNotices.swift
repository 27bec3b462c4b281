import NIOCore
import Synchronization

/// Lets one line a minute into the log for each kind of thing that clients cause as often as they like.
final class LogNotices<Kind: Hashable & Sendable>: Sendable {
    private struct State {
        var since = NIODeadline.uptimeNanoseconds(0)
        var counts: [Kind: Int] = [:]
        var earlier: [Kind: Int] = [:]
    }

    private let period = TimeAmount.minutes(1)
    /// Kinds that are told of in a minute; the others are in the metrics alone.
    private let maximum = 100

    private let state = Mutex(State())
    private let clock: @Sendable () -> NIODeadline

    init(clock: @escaping @Sendable () -> NIODeadline = { .now() }) { self.clock = clock }

    /// Counts one.
    ///
    /// - Returns: how many there were since the line before, when it is time for one.
    func count(_ kind: Kind) -> Int? {
        let now = clock()
        return state.withLock { state in
            if now - state.since >= period { (state.since, state.earlier, state.counts) = (now, state.counts, [:]) }
            if let told = state.counts[kind] {
                state.counts[kind] = told + 1
                return nil
            }
            guard state.counts.count < maximum else { return nil }
            state.counts[kind] = 0
            return 1 + (state.earlier[kind] ?? 0)
        }
    }
}

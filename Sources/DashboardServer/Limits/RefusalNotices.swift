import Logging
import NIOCore
import Synchronization

/// Tells the log who is refused, and how often: who guesses keys, uses one that was taken back, or asks too often. One line a minute for each
/// client and reason; what stands in the credential is told nowhere.
final class RefusalNotices: Sendable {
    private struct Kind: Hashable {
        let client: CountedClient
        let code: ProblemCode
    }

    private struct State {
        var since = NIODeadline.uptimeNanoseconds(0)
        var counts: [Kind: Int] = [:]
        var earlier: [Kind: Int] = [:]
    }

    private static let period = TimeAmount.minutes(1)
    /// Clients and reasons that are told of in a minute; the requests of the others are in the metrics alone.
    private static let maximum = 100

    private let state = Mutex(State())
    private let clock: @Sendable () -> NIODeadline

    init(clock: @escaping @Sendable () -> NIODeadline = { .now() }) { self.clock = clock }

    static func concerns(_ code: ProblemCode) -> Bool {
        switch code {
        case .unauthenticated, .forbidden, .rateLimited, .foreignOrigin, .foreignHost: true
        default: false
        }
    }

    /// Counts a refusal.
    ///
    /// - Returns: how many there were since the line before, when it is time for one.
    func count(_ code: ProblemCode, of client: CountedClient) -> Int? {
        let (kind, now) = (Kind(client: client, code: code), clock())
        return state.withLock { state in
            if now - state.since >= Self.period { (state.since, state.earlier, state.counts) = (now, state.counts, [:]) }
            if let told = state.counts[kind] {
                state.counts[kind] = told + 1
                return nil
            }
            guard state.counts.count < Self.maximum else { return nil }
            state.counts[kind] = 0
            return 1 + (state.earlier[kind] ?? 0)
        }
    }
}

import CacheServices
import Foundation
import Synchronization

/// The lease of the process that checks the services for all (fencing: Kleppmann, "How to do distributed locking").
///
/// Whoever writes as the holder sends what the lease reads, and the script that writes compares it with what Redis holds: a process that was paused and
/// does not know yet that another one took over is refused.
public final class LeaderLease: Sendable {
    private struct Holding {
        let fence: Int
        /// By this process' own clock, counted from before the lease was asked for: it never ends later than in Redis.
        let until: ContinuousClock.Instant
    }

    private let lease: RedisLease
    private let token = UUID().uuidString.lowercased()
    private let holding = Mutex<Holding?>(nil)

    init(_ lease: RedisLease) {
        self.lease = lease
    }

    /// The fencing number while this process holds the lease, else `nil`. It grows from holder to holder.
    public var fence: Int? { holding.withLock { $0.flatMap { ContinuousClock.now < $0.until ? $0.fence : nil } } }

    /// The full key.
    var key: String { lease.key }

    /// What the key reads while this process holds it.
    func value(of fence: Int) -> String { RedisLease.value(token: token, fence: fence) }

    /// What came of asking for it.
    enum Outcome: Sendable, Hashable {
        /// For the first time since another process had it, or nobody.
        case taken
        case kept
        case heldByAnother
    }

    /// Takes or renews it.
    func take(for duration: Duration) async throws(CacheError) -> Outcome {
        let until = ContinuousClock.now + duration
        switch try await lease.take(token: token, for: duration) {
        case .heldByAnother:
            lose()
            return .heldByAnother
        case .taken(let fence):
            holding.withLock { $0 = Holding(fence: fence, until: until) }
            return .taken
        case .renewed(let fence):
            let isKnown = holding.withLock { holding in
                defer { holding = Holding(fence: fence, until: until) }
                return holding?.fence == fence
            }
            return isKnown ? .kept : .taken
        }
    }

    /// Another process was found to hold it.
    func lose() { holding.withLock { $0 = nil } }

    /// Gives it back, so that another process need not wait for its end.
    func release() async {
        let held = holding.withLock { holding in
            defer { holding = nil }
            return holding != nil
        }
        if held { try? await lease.release(token: token) }
    }
}

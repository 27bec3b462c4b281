import CacheServices
import LoggingServices
import Synchronization

/// Records a replay in the audit trail: each signal in one step with its publish, and what the paper account did on it right after.
///
/// Nothing waits for the events of the account; their order is that of the replay. A signal that the history has already was recorded
/// before, with what followed from it.
final class ReplayAudit: Sendable {
    /// Events of the account that may be under way.
    private static let window = 64

    private struct State {
        var pending: [PendingReceipt] = []
        var recorded = 0
    }

    private let audit: AuditLogger
    private let state = Mutex(State())

    init(_ audit: AuditLogger) {
        self.audit = audit
    }

    /// Publishes the signal of a step and records the step; answers `nil` while only the journal has the signal.
    ///
    /// - Throws: `AuditError`, also of events of steps before.
    func record(_ step: ReplayStep, _ signals: SignalCache) async throws -> PublishResult? {
        let published = try await audit.publish(
            step.signal, event: .signalGenerated(step.signal, metadata: ReplayStep.auditMetadata), cache: signals)
        guard published.receipt != nil else { return published.result }
        let posted = try step.accountEvents().map(audit.post)
        let isFull = state.withLock { state in
            state.recorded += 1
            state.pending += posted
            return state.pending.count >= Self.window
        }
        if isFull { _ = try await finish() }
        return published.result
    }

    /// Waits for everything that is under way, and answers how many events the trail has taken.
    @discardableResult
    func finish() async throws -> Int {
        let pending = state.withLock { state in
            defer { state.pending = [] }
            return state.pending
        }
        for receipt in pending { _ = try await receipt.receipt() }
        return state.withLock { state in
            state.recorded += pending.count
            return state.recorded
        }
    }
}

import DequeModule
import Synchronization

/// What wakes the lane: events that wait, the end of a delivery, and the end of the service.
final class LaneMailbox: Sendable {
    /// The most events that wait; more are refused.
    static let capacity = 10_000

    private struct State {
        var pending: Deque<LaneSubmission> = []
        var delivery: DeliveryOutcome?
        var isClosed = false
        var waiter: CheckedContinuation<Void, Never>?

        func isReady(_ limit: Int) -> Bool { (limit > 0 && !pending.isEmpty) || delivery != nil || isClosed }
    }

    /// What the lane finds.
    struct Contents: Sendable {
        var submissions: [LaneSubmission]
        var delivery: DeliveryOutcome?
        /// Nothing more will come.
        var isFinal: Bool
    }

    private let state = Mutex(State())

    /// Adds an event, or says why not.
    func submit(_ submission: LaneSubmission) {
        var refusal: AuditError?
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            if state.isClosed {
                refusal = AuditError(.stopped, "The audit trail has ended; the event was not recorded.")
            } else if state.pending.count >= Self.capacity {
                refusal = AuditError(.overCapacity, "Too many events wait for the audit trail; this one was not recorded.")
            } else {
                state.pending.append(submission)
                return state.waiter.take()
            }
            return nil
        }
        if let refusal { submission.refuse(refusal) }
        waiter?.resume()
    }

    /// Whether nothing waits.
    var isIdle: Bool { state.withLock { $0.pending.isEmpty } }

    /// Whether the event that came first waits for longer than this.
    func hasWaited(longerThan patience: Duration) -> Bool {
        state.withLock { $0.pending.first.map { $0.submitted.duration(to: .now) > patience } ?? false }
    }

    func post(_ outcome: DeliveryOutcome) {
        state.withLock { state in
            state.delivery = outcome
            return state.waiter.take()
        }?.resume()
    }

    /// The end of a delivery that nobody has looked at.
    func takeDelivery() -> DeliveryOutcome? { state.withLock { $0.delivery.take() } }

    /// Takes no more events; those that wait still go.
    func close() {
        state.withLock { state in
            state.isClosed = true
            return state.waiter.take()
        }?.resume()
    }

    /// Waits until there is something; at most `limit` events at a time, and with 0 only for the end of a delivery, or of the service.
    func next(_ limit: Int) async -> Contents {
        while true {
            let found = state.withLock { state -> Contents? in
                guard state.isReady(limit) else { return nil }
                let submissions = Array(state.pending.prefix(state.isClosed ? max(1, limit) : limit))
                state.pending.removeFirst(submissions.count)
                return Contents(
                    submissions: submissions, delivery: state.delivery.take(), isFinal: state.isClosed && submissions.isEmpty)
            }
            if let found { return found }
            await withCheckedContinuation { continuation in
                let isThere = state.withLock { state in
                    if state.isReady(limit) { return true }
                    state.waiter = continuation
                    return false
                }
                if isThere { continuation.resume() }
            }
        }
    }
}

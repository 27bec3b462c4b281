import CacheServices
import Synchronization

/// An event that was handed over and is not answered yet.
package final class PendingReceipt: Sendable {
    private enum State {
        case open
        case awaited(CheckedContinuation<Result<LaneAnswer, AuditError>, Never>)
        case answered(Result<LaneAnswer, AuditError>)
    }

    private let audit: AuditLogger
    let entry: AuditLogEntry
    private let state = Mutex(State.open)

    init(_ audit: AuditLogger, _ entry: AuditLogEntry) {
        self.audit = audit
        self.entry = entry
    }

    /// Waits until the event is recorded; to be asked once.
    ///
    /// - Throws: ``AuditError``; its code says whether the event may be in the trail.
    package func receipt() async throws(AuditError) -> AuditReceipt {
        let answer = try await withCheckedContinuation { continuation in
            let early = state.withLock { state -> Result<LaneAnswer, AuditError>? in
                if case .answered(let answer) = state { return answer }
                state = .awaited(continuation)
                return nil
            }
            if let early { continuation.resume(returning: early) }
        }.get()
        return try await audit.submitted(entry, nil, answer).receipt
    }

    func answer(_ answer: Result<LaneAnswer, AuditError>) {
        audit.metrics.count(answer, audit.durability)
        let waiter = state.withLock { state -> CheckedContinuation<Result<LaneAnswer, AuditError>, Never>? in
            defer { state = .answered(answer) }
            if case .awaited(let continuation) = state { return continuation }
            return nil
        }
        waiter?.resume(returning: answer)
    }
}

extension AuditLogger {
    /// Hands an event over at once: it goes before everything that is handed over later. The receipt comes when it is recorded.
    ///
    /// Whoever streams events keeps the number of those in flight well below what the lane holds.
    package func post(_ event: AuditEvent) -> PendingReceipt {
        let pending = PendingReceipt(self, event.entry())
        do throws(AuditError) {
            let bytes = try checkedBytes(event, pending.entry)
            lane.mailbox.submit(LaneSubmission(content: .entry(bytes), idempotency: nil) { pending.answer($0) })
        } catch {
            pending.answer(.failure(error))
        }
        return pending
    }

    /// Takes no more events, so that ``run()`` ends when what was accepted is recorded.
    package func close() { lane.mailbox.close() }

    /// Waits until everything that dead processes had left at the start is delivered; ends with the task, too.
    package func untilAdopted() async {
        guard let adopter else { return }
        for await _ in adopter.firstLook.stream {}
    }
}

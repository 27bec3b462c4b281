import CacheServices
import Hiredis
import Synchronization

/// Brings what a journal still has to Redis, in order, a batch at a time.
final class JournalDelivery: Sendable {
    /// The most records of one step.
    static let batchLimit = 256
    /// The bytes of entries after which a step is full, so that it arrives in time over a slow link.
    static let batchBytes = 512 * 1024

    private struct State {
        /// What was read and is not acknowledged: it is sent before anything else is read.
        var outstanding: [JournalItem]
        /// How many of them go alone, because Redis refused them together.
        var suspects = 0
    }

    private let store: AuditStore
    private let tail: JournalTail?
    private let timeout: Duration
    private let state: Mutex<State>

    /// - Parameters:
    ///   - tail: what comes after `outstanding`.
    ///   - outstanding: what is sent first.
    init(_ store: AuditStore, tail: JournalTail?, outstanding: [JournalItem] = [], timeout: Duration) {
        self.store = store
        self.tail = tail
        self.timeout = timeout
        state = Mutex(State(outstanding: outstanding))
    }

    /// One attempt.
    func attempt() async -> DeliveryOutcome {
        do {
            try await fill()
        } catch {
            return .unreadable("\(error)")
        }
        let items = state.withLock { $0.suspects > 0 ? Array($0.outstanding.prefix(1)) : $0.outstanding }
        guard let first = items.first, let last = items.last else { return .caughtUp }
        do {
            switch try await step(items) {
            case nil: return superfluous(first.record.sequence)
            case .recorded?: return delivered(items.count, last.record)
            case .duplicate(_, let recorded)?: return superfluous(items[min(recorded.count, items.count - 1)].record.sequence)
            case .lost(let lastSequence, _)?: return .lost(lastSequence: lastSequence)
            }
        } catch let error as RedisError where error.refusesForGood {
            if error.server?.code == AppendReply.damagedWriter { return .damagedWriter }
            if items.count > 1 {
                // Only the one that it is about has to wait for somebody to mend Redis.
                state.withLock { $0.suspects = $0.outstanding.count }
                return await attempt()
            }
            return .refused("\(error)")
        } catch {
            return .refused("\(error)")
        }
    }

    private func fill() async throws {
        guard state.withLock({ $0.outstanding.isEmpty }), let tail else { return }
        let items = try await tail.next(Self.batchLimit)
        state.withLock { $0.outstanding = items }
    }

    /// Sends records in one step; answers `nil` when the signal of the record was there, so that it is not to be recorded.
    private func step(_ items: [JournalItem]) async throws -> AppendReply? {
        guard let first = items.first else { return nil }
        let batch = AuditBatch(items.map(\.record), isPromised: first.isPromised)
        do {
            guard let publish = first.publish else { return try await store.append(batch, timeout: timeout) }
            switch try await store.publish(publish, batch, timeout: timeout) {
            case .published(_, let id): return .recorded([id])
            case .known: return nil
            case .notRecorded(let reply): return reply
            }
        } catch let error as RedisError where first.isPromised && items.count == 1 && error.isRefusedForItself {
            // The signal cannot be stored, or the key of the request cannot be remembered, and the event was promised: it goes alone.
            var bare = first.record
            bare.idempotency = nil
            return try await store.append(AuditBatch([bare], isPromised: true), timeout: timeout)
        }
    }

    private func delivered(_ count: Int, _ last: AuditRecord) -> DeliveryOutcome {
        state.withLock { state in
            state.outstanding.removeFirst(count)
            state.suspects = max(0, state.suspects - count)
            return .delivered(through: last.sequence, hash: last.hash)
        }
    }

    private func superfluous(_ sequence: Int) -> DeliveryOutcome {
        state.withLock { ($0.outstanding, $0.suspects) = ([], 0) }
        return .superfluous(sequence: sequence)
    }
}

extension RedisError {
    /// Whether Redis refused the step, and would again, however long one waits: a key of another type, something damaged, or what the
    /// scripts themselves refuse.
    var refusesForGood: Bool {
        guard outcome == .rejected, let server else { return false }
        return server.kind == .wrongType || [AppendReply.damagedWriter, AppendReply.smallCap, "FUTURE"].contains(server.code)
    }

    /// Whether the step was refused for what goes with the event, and not for the trail.
    fileprivate var isRefusedForItself: Bool { refusesForGood && server?.code != AppendReply.damagedWriter }
}

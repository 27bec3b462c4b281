import CacheServices
import Hiredis
import Synchronization

/// Brings what a journal still has to Redis, in order, a batch at a time.
final class JournalDelivery: Sendable {
    /// The most records of one step.
    static let batchLimit = 256
    /// The bytes of entries after which a step is full, so that it arrives in time over a slow link.
    static let batchBytes = 512 * 1024

    private let store: AuditStore
    private let tail: JournalTail?
    private let timeout: Duration
    /// What was sent and not acknowledged: it is sent again before anything else.
    private let outstanding: Mutex<[JournalItem]>

    /// - Parameters:
    ///   - tail: what comes after `outstanding`.
    ///   - outstanding: what is sent first.
    init(_ store: AuditStore, tail: JournalTail?, outstanding: [JournalItem] = [], timeout: Duration) {
        self.store = store
        self.tail = tail
        self.timeout = timeout
        self.outstanding = Mutex(outstanding)
    }

    /// One attempt.
    func attempt() async -> DeliveryOutcome {
        var items = outstanding.withLock { $0 }
        do {
            if items.isEmpty { items = try await tail?.next(Self.batchLimit) ?? [] }
        } catch {
            return .unreadable("\(error)")
        }
        guard let first = items.first, let last = items.last else { return .caughtUp }
        outstanding.withLock { $0 = items }
        let batch = AuditBatch(items.map(\.record), isPromised: first.isPromised)
        do {
            let reply: AppendReply
            if let publish = first.publish {
                do {
                    switch try await store.publish(publish, batch, timeout: timeout) {
                    case .published(_, let id): reply = .recorded([id])
                    case .known: return superfluous(first.record.sequence)
                    case .notRecorded(let refusal): reply = refusal
                    }
                } catch let error as RedisError where first.isPromised && error.refusesForGood {
                    // The signal cannot be stored, and its event was promised: it goes alone.
                    reply = try await store.append(batch, timeout: timeout)
                }
            } else {
                reply = try await store.append(batch, timeout: timeout)
            }
            switch reply {
            case .recorded:
                outstanding.withLock { $0 = [] }
                return .delivered(through: last.record.sequence, hash: last.record.hash, isPartial: items.count < Self.batchLimit)
            case .duplicate(_, let recorded): return superfluous(items[min(recorded.count, items.count - 1)].record.sequence)
            case .lost(let lastSequence, _): return .lost(lastSequence: lastSequence)
            }
        } catch {
            return .refused("\(error)")
        }
    }

    private func superfluous(_ sequence: Int) -> DeliveryOutcome {
        outstanding.withLock { $0 = [] }
        return .superfluous(sequence: sequence)
    }
}

extension RedisError {
    /// Whether Redis would refuse the same step again, however long one waits: a key of another type, or something damaged.
    var refusesForGood: Bool { server?.kind == .wrongType || server?.kind == .other }
}

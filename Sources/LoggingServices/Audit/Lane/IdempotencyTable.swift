import DequeModule
import Synchronization

/// The idempotency keys that this process saw: the only memory of them while Redis is away, and the quickest while it is there.
final class IdempotencyTable: Sendable {
    /// The most keys that are remembered; the oldest go first.
    static let capacity = 10_000

    typealias Outcome = Result<AuditReceipt, AuditError>

    private enum Entry {
        case underWay(ChainHash, [CheckedContinuation<Outcome, Never>])
        case done(ChainHash, AuditReceipt, until: ContinuousClock.Instant)

        var fingerprint: ChainHash {
            switch self {
            case .underWay(let fingerprint, _), .done(let fingerprint, _, _): fingerprint
            }
        }
    }

    private struct State {
        var entries: [ChainHash: Entry] = [:]
        var order: Deque<ChainHash> = []
    }

    private let state = Mutex(State())

    /// Does the work for the first request of a key; later ones get its answer, and wait for it where it is still under way.
    func once(
        _ key: IdempotencyKey, _ work: @Sendable () async throws(AuditError) -> AuditReceipt
    ) async throws(AuditError) -> AuditReceipt {
        switch claim(key) {
        case .first?: break
        case .conflict?: throw .idempotencyConflict
        case .done(let receipt)?: return receipt.repeated
        case nil: return try await waiting(key).get().repeated
        }
        do {
            let receipt = try await work()
            settle(key, .success(receipt))
            return receipt
        } catch {
            settle(key, .failure(error))
            throw error
        }
    }

    private enum Claim {
        case first, conflict
        case done(AuditReceipt)
    }

    /// Answers `nil` when somebody else is at it.
    private func claim(_ key: IdempotencyKey) -> Claim? {
        state.withLock { state in
            if case .done(_, _, let end)? = state.entries[key.key], end < .now { state.entries[key.key] = nil }
            switch state.entries[key.key] {
            case nil:
                state.entries[key.key] = .underWay(key.fingerprint, [])
                return .first
            case let entry? where entry.fingerprint != key.fingerprint: return .conflict
            case .done(_, let receipt, _)?: return .done(receipt)
            case .underWay?: return nil
            }
        }
    }

    private func waiting(_ key: IdempotencyKey) async -> Outcome {
        await withCheckedContinuation { continuation in
            let outcome = state.withLock { state -> Outcome? in
                switch state.entries[key.key] {
                case .underWay(let fingerprint, let waiters)?:
                    state.entries[key.key] = .underWay(fingerprint, waiters + [continuation])
                    return nil
                case .done(_, let receipt, _)?: return .success(receipt)
                // The first one failed meanwhile; whoever asks again begins anew.
                case nil: return .failure(.repeatUnderWay)
                }
            }
            if let outcome { continuation.resume(returning: outcome) }
        }
    }

    private func settle(_ key: IdempotencyKey, _ outcome: Outcome) {
        let waiters = state.withLock { state -> [CheckedContinuation<Outcome, Never>] in
            guard case .underWay(let fingerprint, let waiters)? = state.entries[key.key] else { return [] }
            switch outcome {
            case .success(let receipt):
                state.entries[key.key] = .done(fingerprint, receipt, until: .now + IdempotencyKey.lifetime)
                state.order.append(key.key)
                if state.order.count > Self.capacity { state.entries[state.order.removeFirst()] = nil }
            case .failure: state.entries[key.key] = nil
            }
            return waiters
        }
        for waiter in waiters { waiter.resume(returning: outcome) }
    }
}

extension AuditError {
    static let idempotencyConflict = AuditError(
        .idempotencyConflict, "The idempotency key came with another request before; nothing was recorded. Use a new key.")
    static let repeatUnderWay = AuditError(
        .notRecorded, "The first request with this idempotency key was not recorded, and neither was this one. Try again.")
}

extension AuditReceipt {
    /// The same for a repeat of the request.
    var repeated: AuditReceipt {
        var receipt = self
        receipt.isRepeat = true
        return receipt
    }
}

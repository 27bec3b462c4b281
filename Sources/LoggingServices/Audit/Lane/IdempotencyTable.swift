import DequeModule
import Synchronization

/// The idempotency keys that this process saw: the only memory of them while Redis is away, and the quickest while it is there.
final class IdempotencyTable: Sendable {
    /// The most keys that are remembered of events that Redis has, and remembers too; the oldest go first.
    static let capacity = 10_000
    /// The most keys of events that only the disk has.
    static let spooledCapacity = 1_000_000

    typealias Outcome = Result<AuditReceipt, AuditError>

    private enum Entry {
        case underWay(ChainHash, [CheckedContinuation<Turn, Never>])
        case done(ChainHash, AuditReceipt, until: ContinuousClock.Instant, serial: Int)

        var fingerprint: ChainHash {
            switch self {
            case .underWay(let fingerprint, _), .done(let fingerprint, _, _, _): fingerprint
            }
        }
    }

    /// What a request is to its key.
    private enum Turn: Sendable {
        /// The one that does the work.
        case first
        case conflict
        /// One whose work another one has done.
        case settled(Outcome)
    }

    /// Keys in the order in which they were settled.
    private struct Order {
        let capacity: Int
        private var keys: Deque<(key: ChainHash, serial: Int)> = []

        init(_ capacity: Int) { self.capacity = capacity }

        /// Adds a key; answers the one that has to go for it.
        mutating func append(_ key: ChainHash, _ serial: Int) -> (key: ChainHash, serial: Int)? {
            keys.append((key, serial))
            return keys.count > capacity ? keys.popFirst() : nil
        }
    }

    private struct State {
        var entries: [ChainHash: Entry] = [:]
        var recorded = Order(IdempotencyTable.capacity)
        var spooled = Order(IdempotencyTable.spooledCapacity)
        var serial = 0
        /// Whether the requests of processes before this one are known.
        var isOpen = false
        var early: [CheckedContinuation<Void, Never>] = []

        mutating func remember(_ key: ChainHash, _ fingerprint: ChainHash, _ receipt: AuditReceipt) {
            serial += 1
            entries[key] = .done(fingerprint, receipt, until: .now + IdempotencyKey.lifetime, serial: serial)
            let gone = receipt.durability == .spooled ? spooled.append(key, serial) : recorded.append(key, serial)
            // A key that was settled anew since is another one.
            if let gone, case .done(_, _, _, gone.serial)? = entries[gone.key] { entries[gone.key] = nil }
        }
    }

    private let state = Mutex(State())

    /// Does the work for the first request of a key; later ones get its answer, and wait for it where it is still under way.
    func once(
        _ key: IdempotencyKey, _ work: @Sendable () async throws(AuditError) -> AuditReceipt
    ) async throws(AuditError) -> AuditReceipt {
        await untilOpen()
        switch await turn(key) {
        case .first: break
        case .conflict: throw .idempotencyConflict
        case .settled(let outcome): return try outcome.get().repeated
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

    /// Lets requests in; those before waited.
    func open() {
        let early = state.withLock { state in
            defer { state.early = [] }
            state.isOpen = true
            return state.early
        }
        for waiter in early { waiter.resume() }
    }

    private func untilOpen() async {
        guard !state.withLock({ $0.isOpen }) else { return }
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.early.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    /// Remembers a request that was answered by a process before this one.
    func adopt(_ key: IdempotencyKey, _ receipt: AuditReceipt) {
        state.withLock { state in
            if state.entries[key.key] == nil { state.remember(key.key, key.fingerprint, receipt) }
        }
    }

    private func turn(_ key: IdempotencyKey) async -> Turn {
        await withCheckedContinuation { continuation in
            let turn = state.withLock { state -> Turn? in
                if case .done(_, _, let end, _)? = state.entries[key.key], end < .now { state.entries[key.key] = nil }
                switch state.entries[key.key] {
                case nil:
                    state.entries[key.key] = .underWay(key.fingerprint, [])
                    return .first
                case let entry? where entry.fingerprint != key.fingerprint: return .conflict
                case .done(_, let receipt, _, _)?: return .settled(.success(receipt))
                case .underWay(let fingerprint, let waiters)?:
                    state.entries[key.key] = .underWay(fingerprint, waiters + [continuation])
                    return nil
                }
            }
            if let turn { continuation.resume(returning: turn) }
        }
    }

    private func settle(_ key: IdempotencyKey, _ outcome: Outcome) {
        let waiters = state.withLock { state -> [CheckedContinuation<Turn, Never>] in
            guard case .underWay(let fingerprint, let waiters)? = state.entries[key.key] else { return [] }
            switch outcome {
            case .success(let receipt): state.remember(key.key, fingerprint, receipt)
            case .failure: state.entries[key.key] = nil
            }
            return waiters
        }
        for waiter in waiters { waiter.resume(returning: .settled(outcome)) }
    }
}

extension AuditError {
    static let idempotencyConflict = AuditError(
        .idempotencyConflict, "The idempotency key came with another request before; nothing was recorded. Use a new key.")
}

extension AuditReceipt {
    /// The same for a repeat of the request.
    var repeated: AuditReceipt {
        var receipt = self
        receipt.isRepeat = true
        return receipt
    }
}

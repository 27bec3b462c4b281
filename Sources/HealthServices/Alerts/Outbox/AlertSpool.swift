import CacheServices
import Synchronization

/// What this process has to tell and has told while Redis is away, until it is on the record that all processes share.
///
/// Whoever watches services opens it when Redis goes away, closes it when Redis is back, and then brings what is in it to Redis, once
/// nothing is being told any more.
final class AlertSpool: Sendable {
    /// Changes, and what became of alerts: of these, and of those that were on the record before.
    struct Contents: Sendable, Hashable {
        var changes: [LoneChange] = []
        var deliveries: [AlertDelivery] = []

        var isEmpty: Bool { changes.isEmpty && deliveries.isEmpty }

        /// Removes the oldest change that is not the last word on its service, and answers its alert.
        fileprivate mutating func dropOldest() -> String {
            let last = Dictionary(changes.indices.map { (changes[$0].service, $0) }) { $1 }
            let place = changes.indices.first { last[changes[$0].service] != $0 } ?? changes.startIndex
            return changes.remove(at: place).alert.id
        }
    }

    private struct State {
        var contents = Contents()
        var isOpen = false
        var attempts = 0
    }

    private let state = Mutex(State())
    /// Tells what one process decided from what another one did in the same millisecond.
    let name = String(UInt64.random(in: .min ... .max), radix: 36)

    func open() { state.withLock { $0.isOpen = true } }

    func close() { state.withLock { $0.isOpen = false } }

    /// The changes, oldest first.
    var changes: [LoneChange] { state.withLock { $0.contents.changes } }

    /// Adds a change; no more are kept than the record could hold.
    func add(_ change: LoneChange) {
        state.withLock { state in
            state.contents.changes.append(change)
            guard state.contents.changes.count > CacheRules.alertsLength else { return }
            let gone = state.contents.dropOldest()
            state.contents.deliveries.removeAll { $0.id == gone }
        }
    }

    /// Adds what became of an alert.
    func add(_ delivery: AlertDelivery) { state.withLock { $0.contents.deliveries.append(delivery) } }

    /// Announces an attempt to tell something; false when it is closed, and then nothing may be told. Every one that was announced has to
    /// ``finish()``.
    func begin() -> Bool {
        state.withLock { state in
            if state.isOpen { state.attempts += 1 }
            return state.isOpen
        }
    }

    /// An attempt is over, and what became of it was added.
    func finish() { state.withLock { $0.attempts -= 1 } }

    /// What is in it, when it is closed and nothing is being told; else `nil`.
    var settled: Contents? { state.withLock { !$0.isOpen && $0.attempts == 0 ? $0.contents : nil } }

    /// Removes what is on the shared record.
    func remove(_ shared: Contents) {
        let (changes, deliveries) = (Set(shared.changes), Set(shared.deliveries))
        state.withLock { state in
            state.contents.changes.removeAll(where: changes.contains)
            state.contents.deliveries.removeAll(where: deliveries.contains)
        }
    }

    /// Takes all changes out.
    func takeChanges() -> [LoneChange] {
        state.withLock { state in
            defer { state.contents.changes = [] }
            return state.contents.changes
        }
    }
}

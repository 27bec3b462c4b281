import Synchronization

/// The places of what lasts and costs: exports of the audit trail, each of which walks all of it, and event streams.
///
/// Of several places one client never takes all, so that whoever reads its exports slowly, or leaks streams, does not keep everybody else
/// from theirs.
final class ClientSlots: Sendable {
    /// One place; given back when the last reference to it goes, whatever became of the answer.
    final class Slot: Sendable {
        private let slots: ClientSlots
        private let client: CountedClient?

        fileprivate init(_ slots: ClientSlots, _ client: CountedClient?) { (self.slots, self.client) = (slots, client) }

        deinit { slots.giveBack(client) }
    }

    /// No place is free.
    struct Full: Error, Sendable {
        /// How many are taken, by everybody or by the client alone.
        let taken: Int
        let isOwn: Bool

        /// - Parameter things: what takes the places, in the plural.
        func sentence(_ things: String) -> String {
            "\(taken) \(things)\(isOwn ? " of this client" : "") are under way, which is as many as are allowed."
        }
    }

    private struct State {
        var taken = 0
        var clients: [CountedClient: Int] = [:]
    }

    let maximum: Int
    private let maximumOfOne: Int
    private let state = Mutex(State())

    /// - Parameter spare: places that one client leaves to the others, where there are several.
    init(maximum: Int, spare: Int) { (self.maximum, maximumOfOne) = (maximum, max(1, maximum - max(1, spare))) }

    /// How many are taken.
    var taken: Int { state.withLock { $0.taken } }

    /// Takes a place.
    ///
    /// - Parameter client: nil for one that may have all.
    func take(for client: CountedClient?) throws(Full) -> Slot {
        let full = state.withLock { state -> Full? in
            guard state.taken < maximum else { return Full(taken: maximum, isOwn: false) }
            if let client {
                let own = state.clients[client, default: 0]
                guard own < maximumOfOne else { return Full(taken: own, isOwn: true) }
                state.clients[client] = own + 1
            }
            state.taken += 1
            return nil
        }
        if let full { throw full }
        return Slot(self, client)
    }

    private func giveBack(_ client: CountedClient?) {
        state.withLock { state in
            state.taken -= 1
            guard let client else { return }
            let rest = state.clients[client, default: 0] - 1
            state.clients[client] = rest > 0 ? rest : nil
        }
    }
}

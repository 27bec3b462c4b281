import HTTPTypes
import Synchronization

/// How many exports of the audit trail go out at once: each walks the whole trail.
///
/// Of several places one client never takes the last, so that whoever reads its exports slowly does not keep everybody else from theirs.
final class ExportSlots: Sendable {
    /// The place of one export; given back when the last reference to it goes, whatever became of the answer.
    final class Slot: Sendable {
        private let slots: ExportSlots
        private let client: CountedClient

        fileprivate init(_ slots: ExportSlots, _ client: CountedClient) { (self.slots, self.client) = (slots, client) }

        deinit { slots.giveBack(client) }
    }

    private let maximum: Int
    private let maximumOfOne: Int
    private let taken = Mutex<[CountedClient: Int]>([:])

    init(maximum: Int) { (self.maximum, maximumOfOne) = (maximum, max(1, maximum - 1)) }

    /// Takes a place.
    func take(for client: CountedClient) throws(Problem) -> Slot {
        let full: String? = taken.withLock { taken in
            guard taken.values.reduce(0, +) < maximum else { return "\(maximum) exports are under way" }
            let own = taken[client, default: 0]
            guard own < maximumOfOne else { return "\(own) exports of this client are under way" }
            taken[client] = own + 1
            return nil
        }
        if let full {
            throw Problem(
                .tooManyExports, "\(full), which is as many as are allowed.", outcome: .notRecorded, headers: [.retryAfter: "5"])
        }
        return Slot(self, client)
    }

    private func giveBack(_ client: CountedClient) {
        taken.withLock { taken in
            let rest = taken[client, default: 0] - 1
            taken[client] = rest > 0 ? rest : nil
        }
    }
}

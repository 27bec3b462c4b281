import HTTPTypes
import Synchronization

/// How many exports of the audit trail go out at once: each walks the whole trail.
final class ExportSlots: Sendable {
    /// The place of one export; given back when the last reference to it goes, whatever became of the answer.
    final class Slot: Sendable {
        private let slots: ExportSlots

        fileprivate init(_ slots: ExportSlots) { self.slots = slots }

        deinit { slots.taken.withLock { $0 -= 1 } }
    }

    private let maximum: Int
    private let taken = Mutex(0)

    init(maximum: Int) { self.maximum = maximum }

    /// Takes a place.
    func take() throws(Problem) -> Slot {
        let isFree = taken.withLock { taken in
            guard taken < maximum else { return false }
            taken += 1
            return true
        }
        guard isFree else {
            throw Problem(
                .tooManyExports, "\(maximum) exports are under way, which is as many as are allowed.", outcome: .notRecorded,
                headers: [.retryAfter: "5"])
        }
        return Slot(self)
    }
}

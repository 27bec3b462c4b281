import CacheServices
import DequeModule

/// The operations that started and have not ended: at most so many, of which the oldest is given up for a new one. Pure.
struct OpenOperations: Sendable {
    struct Start: Sendable {
        let operation: OperationName
        let instant: ContinuousClock.Instant
    }

    private let capacity: Int
    /// Identities begin anywhere, so that those of another logger are hardly mistaken for ours.
    private var nextNumber: UInt64
    private var starts: [UInt64: Start] = [:]
    /// Numbers in the order of their start, some of which have ended.
    private(set) var order: Deque<UInt64> = []

    init(capacity: Int, firstNumber: UInt64 = .random(in: 0...(.max >> 1))) {
        self.capacity = max(1, capacity)
        nextNumber = firstNumber
    }

    var count: Int { starts.count }

    /// Enters an operation; answers the one that had to make room, too.
    mutating func start(_ operation: OperationName, at instant: ContinuousClock.Instant) -> (id: OperationID, givenUp: Start?) {
        var givenUp: Start?
        while starts.count >= capacity, let oldest = order.popFirst() { givenUp = starts.removeValue(forKey: oldest) ?? givenUp }
        let number = nextNumber
        nextNumber &+= 1
        starts[number] = Start(operation: operation, instant: instant)
        order.append(number)
        return (OperationID(number: number), givenUp)
    }

    /// Takes an operation out; `nil` when it is not there: never started, ended, or given up.
    mutating func end(_ id: OperationID) -> Start? {
        guard let start = starts.removeValue(forKey: id.number) else { return nil }
        // Behind one that never ends, those that did must not pile up.
        if starts.isEmpty {
            order.removeAll(keepingCapacity: order.count <= 64)
        } else if order.count > 64, order.count > 2 * starts.count {
            order.removeAll { starts[$0] == nil }
        }
        return start
    }

    /// Those that are open for at least so long, oldest first.
    func open(for age: Duration, at now: ContinuousClock.Instant) -> [OpenOperation] {
        var open: [OpenOperation] = []
        for number in order {
            guard let start = starts[number] else { continue }
            let own = start.instant.duration(to: now)
            // They are in the order of their start.
            guard own >= age else { break }
            open.append(OpenOperation(id: OperationID(number: number), operation: start.operation, age: own))
        }
        return open
    }
}

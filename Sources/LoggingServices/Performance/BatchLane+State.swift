public import DequeModule

extension BatchLane {
    /// A call that waits until no other one sends.
    @usableFromInline struct Turn {
        let number: UInt64
        let caller: CheckedContinuation<Bool, Never>
    }

    /// What the lock protects.
    ///
    /// All of it is of a size that the compiler knows. An instant or the continuation of a stream is not: one of them here, and adding a
    /// sample takes twice as long, for the place of everything else is then looked up at run time.
    @usableFromInline struct State {
        @usableFromInline var waiting: Deque<Element> = []
        @usableFromInline var unsettled: Batch?
        @usableFromInline var lastNumber = 0
        @usableFromInline var dropped = 0
        /// When sending failed, since the lane was made; `nil` after it went well.
        @usableFromInline var failed: Duration?
        @usableFromInline var isBusy = false
        var turns: Deque<Turn> = []
        var lastTurn: UInt64 = 0
        /// Makes ``run(every:_:)`` send.
        @usableFromInline var wake: (@Sendable () -> Void)?
        /// Whether ``wake`` was told and nobody has begun to send since.
        @usableFromInline var isWoken = false

        @usableFromInline init() {}

        /// Adds a sample; the oldest goes when there are too many.
        @inlinable mutating func append(_ element: Element, capacity: Int) {
            if waiting.count >= capacity {
                waiting.removeFirst()
                dropped += 1
            }
            waiting.append(element)
        }

        /// The batch to send now: the one whose fate is not known, else the oldest of what waits.
        @inlinable mutating func next(_ batchSize: Int) -> Batch? {
            if let unsettled { return unsettled }
            let elements = Array(waiting.prefix(batchSize))
            guard !elements.isEmpty else { return nil }
            waiting.removeFirst(elements.count)
            lastNumber += 1
            unsettled = Batch(number: lastNumber, elements: elements)
            return unsettled
        }

        /// The last batch arrived.
        @inlinable mutating func settle() {
            unsettled = nil
            failed = nil
        }

        /// What to tell when a batch is full and nobody sends it; not while sending fails, for then it is tried now and then.
        @inlinable mutating func wakeIfFull(_ batchSize: Int) -> (@Sendable () -> Void)? {
            guard waiting.count >= batchSize, !isBusy, !isWoken, failed == nil, let wake else { return nil }
            isWoken = true
            return wake
        }
    }
}

public import CacheServices
public import DequeModule
public import Synchronization

/// A bounded queue of samples, emptied in numbered batches by one sender at a time.
///
/// Adding never waits and never fails: when the queue is full the oldest sample goes, as the newest are what a capped stream keeps, and
/// is counted. A batch whose fate is unknown is sent again under its number and with its content, so that whoever keeps the last number
/// takes it once.
///
/// What touches every sample is inlinable: another room's compiler then knows the type of its samples, and adding one costs a quarter of
/// what it does when that is found out at run time. `package` alone does not reach that: the class and its nested types must be
/// `@usableFromInline`, or `@inlinable` is passed over in silence.
@usableFromInline package final class BatchLane<Element: Sendable>: Sendable {
    /// What is sent together.
    @usableFromInline package struct Batch: Sendable {
        /// 1, 2, 3 …
        @usableFromInline package let number: Int
        /// At least one, oldest first.
        @usableFromInline package let elements: [Element]

        @inlinable init(number: Int, elements: [Element]) {
            self.number = number
            self.elements = elements
        }
    }

    /// What became of the samples; each is in exactly one count, or was sent.
    @usableFromInline package struct Counts: Sendable, Hashable {
        /// In the queue, or on their way.
        @usableFromInline package var waiting = 0
        /// Given up because the queue was full, or because the service ended before they could be sent.
        @usableFromInline package var dropped = 0

        @inlinable init(waiting: Int = 0, dropped: Int = 0) {
            self.waiting = waiting
            self.dropped = dropped
        }
    }

    @usableFromInline let capacity: Int
    @usableFromInline let batchSize: Int
    @usableFromInline let state = Mutex(State())
    private let beginning = ContinuousClock.now

    /// - Parameters:
    ///   - capacity: samples that wait at most; at least 1.
    ///   - batchSize: samples that are sent together at most; at least 1.
    package init(capacity: Int, batchSize: Int) {
        self.capacity = max(1, capacity)
        self.batchSize = max(1, batchSize)
    }

    /// What became of the samples so far.
    @inlinable package var counts: Counts {
        state.withLock { Counts(waiting: $0.waiting.count + ($0.unsettled?.elements.count ?? 0), dropped: $0.dropped) }
    }

    /// Whether sending failed a moment ago, so that it is not worth waiting for.
    @usableFromInline package var isFailing: Bool {
        state.withLock { $0.failed }.map { beginning.duration(to: .now) - $0 < .seconds(1) } ?? false
    }

    /// Adds a sample; costs a lock and a move.
    @inlinable package func append(_ element: Element) {
        let wake = state.withLock { state in
            state.append(element, capacity: capacity)
            return state.wakeIfFull(batchSize)
        }
        wake?()
    }

    /// Sends what waits at this moment, batch by batch; takes turns with other calls.
    ///
    /// - Parameter isPatient: whether it tries although sending failed a moment ago. A reader does not: it may have waited for that very
    ///   failure, and has no time for a second one.
    /// - Throws: what `send` throws; the batch is kept and sent again by the next call. `cancelled` when the task is cancelled before it is
    ///   this call's turn.
    @inlinable package func flush(
        isPatient: Bool = true, _ send: (Batch) async throws(CacheError) -> Void
    ) async throws(CacheError) {
        try await takeTurn()
        defer { passTurn() }
        guard isPatient || !isFailing else { return }
        var left = counts.waiting
        while left > 0, let batch = next() {
            do throws(CacheError) {
                try await send(batch)
            } catch {
                // A caller that went away says nothing about whom it called.
                if error.code != .cancelled { noteFailure() }
                throw error
            }
            state.withLock { $0.settle() }
            left -= batch.elements.count
        }
    }

    /// From now on, for a second, it is not worth waiting for.
    @usableFromInline func noteFailure() {
        let now = beginning.duration(to: .now)
        state.withLock { $0.failed = now }
    }

    /// Forgets what waits, if `work` succeeds; nothing is sent meanwhile.
    package func forget<Value>(_ work: () async throws(CacheError) -> Value) async throws(CacheError) -> Value {
        try await takeTurn()
        defer { passTurn() }
        let (waiting, unsettled) = state.withLock { state in
            defer { (state.waiting, state.unsettled) = ([], nil) }
            return (state.waiting, state.unsettled)
        }
        do throws(CacheError) {
            return try await work()
        } catch {
            state.withLock { state in
                state.waiting = waiting + state.waiting
                state.unsettled = unsettled
                let surplus = max(0, state.waiting.count - capacity)
                state.waiting.removeFirst(surplus)
                state.dropped += surplus
            }
            throw error
        }
    }

    /// The batch to send now: the one whose fate is not known, else the oldest of what waits.
    @inlinable func next() -> Batch? { state.withLock { $0.next(batchSize) } }
}

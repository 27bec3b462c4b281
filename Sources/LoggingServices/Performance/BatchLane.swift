package import CacheServices
import DequeModule
import ServiceLifecycle
import Synchronization

/// A bounded queue of samples, emptied in numbered batches by one sender at a time.
///
/// Adding never waits and never fails: when the queue is full the oldest sample goes, as the newest are what a capped stream keeps, and
/// is counted. A batch whose fate is unknown is sent again under its number and with its content, so that whoever keeps the last number
/// takes it once.
package final class BatchLane<Element: Sendable>: Sendable {
    /// What is sent together.
    package struct Batch: Sendable {
        /// 1, 2, 3 …
        package let number: Int
        /// At least one, oldest first.
        package let elements: [Element]
    }

    /// What became of the samples; each is in exactly one count, or was sent.
    package struct Counts: Sendable, Hashable {
        /// In the queue, or on their way.
        package var waiting = 0
        /// Given up because the queue was full, or because the service ended before they could be sent.
        package var dropped = 0
    }

    /// A call that waits until no other one sends.
    private struct Turn {
        let number: UInt64
        let caller: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var waiting: Deque<Element> = []
        var unsettled: Batch?
        var lastNumber = 0
        var dropped = 0
        var failed: ContinuousClock.Instant?
        var isBusy = false
        var turns: Deque<Turn> = []
        var lastTurn: UInt64 = 0
        var wake: AsyncStream<Void>.Continuation?
        /// Whether ``wake`` was told and nobody has begun to send since.
        var isWoken = false

        /// What to tell when a batch is full and nobody sends it; not while sending fails, for then it is tried now and then.
        mutating func wakeIfFull(_ batchSize: Int) -> AsyncStream<Void>.Continuation? {
            guard waiting.count >= batchSize, !isBusy, !isWoken, failed == nil, let wake else { return nil }
            isWoken = true
            return wake
        }
    }

    private let capacity: Int
    private let batchSize: Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - capacity: samples that wait at most; at least 1.
    ///   - batchSize: samples that are sent together at most; at least 1.
    package init(capacity: Int, batchSize: Int) {
        self.capacity = max(1, capacity)
        self.batchSize = max(1, batchSize)
    }

    /// What became of the samples so far.
    package var counts: Counts {
        state.withLock { Counts(waiting: $0.waiting.count + ($0.unsettled?.elements.count ?? 0), dropped: $0.dropped) }
    }

    /// Whether sending failed a moment ago, so that it is not worth waiting for.
    package var isFailing: Bool {
        state.withLock { $0.failed }.map { $0.duration(to: .now) < .seconds(1) } ?? false
    }

    /// Adds a sample; costs a lock and a move.
    package func append(_ element: Element) {
        let wake = state.withLock { state in
            if state.waiting.count >= capacity {
                state.waiting.removeFirst()
                state.dropped += 1
            }
            state.waiting.append(element)
            return state.wakeIfFull(batchSize)
        }
        wake?.yield()
    }

    /// Sends what waits at this moment, batch by batch; takes turns with other calls.
    ///
    /// - Parameter isPatient: whether it tries although sending failed a moment ago. A reader does not: it may have waited for that very
    ///   failure, and has no time for a second one.
    /// - Throws: what `send` throws; the batch is kept and sent again by the next call. `cancelled` when the task is cancelled before it is
    ///   this call's turn.
    package func flush(
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
                if error.code != .cancelled { state.withLock { $0.failed = .now } }
                throw error
            }
            state.withLock { state in
                state.unsettled = nil
                state.failed = nil
            }
            left -= batch.elements.count
        }
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

    /// Calls `flush` at once, every so often, and as soon as a batch is full, until the service ends; then once more.
    ///
    /// - Returns: how many samples could not be sent even then: they are given up and counted as dropped.
    @discardableResult
    package func run(every interval: Duration, _ flush: @escaping @Sendable () async -> Void) async -> Int {
        await cancelWhenGracefulShutdown {
            let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
            self.state.withLock { ($0.wake, $0.isWoken) = (wake, false) }
            // What came before the service ran need not wait.
            wake.yield()
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    while (try? await Task.sleep(for: interval)) != nil { wake.yield() }
                }
                for await _ in wakes { await flush() }
                group.cancelAll()
            }
        }
        state.withLock { $0.wake = nil }
        await flush()
        return giveUp()
    }

    /// Counts everything that waits as dropped, unless another call is sending it.
    private func giveUp() -> Int {
        state.withLock { state in
            guard !state.isBusy else { return 0 }
            let lost = state.waiting.count + (state.unsettled?.elements.count ?? 0)
            (state.waiting, state.unsettled) = ([], nil)
            state.dropped += lost
            return lost
        }
    }

    /// The batch to send now: the one whose fate is not known, else the oldest of what waits.
    private func next() -> Batch? {
        state.withLock { state in
            if let unsettled = state.unsettled { return unsettled }
            let elements = Array(state.waiting.prefix(batchSize))
            guard !elements.isEmpty else { return nil }
            state.waiting.removeFirst(elements.count)
            state.lastNumber += 1
            state.unsettled = Batch(number: state.lastNumber, elements: elements)
            return state.unsettled
        }
    }

    private func takeTurn() async throws(CacheError) {
        let number = state.withLock { state in
            state.lastTurn += 1
            return state.lastTurn
        }
        let isMine = await withTaskCancellationHandler {
            await withCheckedContinuation { caller in
                let answer = state.withLock { state -> Bool? in
                    guard state.isBusy else {
                        (state.isBusy, state.isWoken) = (true, false)
                        return true
                    }
                    // Under the lock: a cancellation from here on finds the turn in the queue.
                    guard !Task.isCancelled else { return false }
                    state.turns.append(Turn(number: number, caller: caller))
                    return nil
                }
                if let answer { caller.resume(returning: answer) }
            }
        } onCancel: {
            let turn = state.withLock { state in
                state.turns.firstIndex { $0.number == number }.map { state.turns.remove(at: $0) }
            }
            turn?.caller.resume(returning: false)
        }
        guard isMine else { throw CacheError(.cancelled, "The task was cancelled before it was its turn.") }
    }

    private func passTurn() {
        let (next, wake) = state.withLock { state in
            let next = state.turns.popFirst()
            (state.isBusy, state.isWoken) = (next != nil, false)
            // What came while the last batches were sent.
            return (next, state.wakeIfFull(batchSize))
        }
        next?.caller.resume(returning: true)
        wake?.yield()
    }
}

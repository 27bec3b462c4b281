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
        /// Given up because the queue was full.
        package var dropped = 0
    }

    private struct State {
        var waiting: Deque<Element> = []
        var unsettled: Batch?
        var lastNumber = 0
        var dropped = 0
        var failed: ContinuousClock.Instant?
        var isBusy = false
        var turns: Deque<CheckedContinuation<Void, Never>> = []
        var wake: AsyncStream<Void>.Continuation?
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
            return state.waiting.count == batchSize ? state.wake : nil
        }
        wake?.yield()
    }

    /// Sends what waits at this moment, batch by batch; takes turns with other calls.
    ///
    /// - Throws: what `send` throws; the batch is kept and sent again by the next call.
    package func flush(_ send: (Batch) async throws(CacheError) -> Void) async throws(CacheError) {
        await takeTurn()
        defer { passTurn() }
        var left = counts.waiting
        while left > 0, let batch = next() {
            do throws(CacheError) {
                try await send(batch)
            } catch {
                state.withLock { $0.failed = .now }
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
        await takeTurn()
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
    package func run(every interval: Duration, _ flush: @escaping @Sendable () async -> Void) async {
        await cancelWhenGracefulShutdown {
            let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
            self.state.withLock { $0.wake = wake }
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

    private func takeTurn() async {
        await withCheckedContinuation { turn in
            let isFree = state.withLock { state in
                guard state.isBusy else {
                    state.isBusy = true
                    return true
                }
                state.turns.append(turn)
                return false
            }
            if isFree { turn.resume() }
        }
    }

    private func passTurn() {
        let next = state.withLock { state in
            let next = state.turns.popFirst()
            state.isBusy = next != nil
            return next
        }
        next?.resume()
    }
}

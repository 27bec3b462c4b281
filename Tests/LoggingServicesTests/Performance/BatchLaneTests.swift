import CacheServices
import RedisTesting
import Synchronization
import TestTurns
import Testing

@testable import LoggingServices

@Suite(.takesTurns) struct BatchLaneTests {
    private final class Sent: Sendable {
        let sending = Mutex(0)
        let total = Mutex<[Int]>([])
    }

    private static let away = CacheError(.outcomeUnknown, "no answer")

    @Test func `everything is sent once, in order, in batches`() async throws {
        let lane = BatchLane<Int>(capacity: 1000, batchSize: 100)
        for number in 0..<250 { lane.append(number) }
        let sent = Mutex<[(Int, [Int])]>([])
        try await lane.flush { (batch) throws(CacheError) in sent.withLock { $0.append((batch.number, batch.elements)) } }
        #expect(sent.withLock { $0.map(\.0) } == [1, 2, 3])
        #expect(sent.withLock { $0.map(\.1.count) } == [100, 100, 50])
        #expect(sent.withLock { $0.flatMap(\.1) } == Array(0..<250))
        #expect(lane.counts == .init(waiting: 0, dropped: 0))
    }

    @Test func `a full queue gives up the oldest and counts them`() async throws {
        let lane = BatchLane<Int>(capacity: 10, batchSize: 4)
        for number in 0..<25 { lane.append(number) }
        #expect(lane.counts == .init(waiting: 10, dropped: 15))
        let sent = Mutex<[Int]>([])
        try await lane.flush { (batch) throws(CacheError) in sent.withLock { $0 += batch.elements } }
        #expect(sent.withLock { $0 } == Array(15..<25))
    }

    @Test func `a batch without an answer is sent again under its number, whatever came meanwhile`() async throws {
        let lane = BatchLane<Int>(capacity: 5, batchSize: 3)
        for number in 0..<4 { lane.append(number) }
        let first = Mutex<[Int]>([])
        await #expect(throws: CacheError.self) {
            try await lane.flush { (batch) throws(CacheError) in
                first.withLock { $0 = [batch.number] + batch.elements }
                throw Self.away
            }
        }
        #expect(first.withLock { $0 } == [1, 0, 1, 2])
        #expect(lane.isFailing)
        for number in 4..<12 { lane.append(number) }
        // Three are on their way, five wait; 3 … 6 had to go.
        #expect(lane.counts == .init(waiting: 8, dropped: 4))
        let again = Mutex<[[Int]]>([])
        try await lane.flush { (batch) throws(CacheError) in again.withLock { $0.append([batch.number] + batch.elements) } }
        #expect(again.withLock { $0 } == [[1, 0, 1, 2], [2, 7, 8, 9], [3, 10, 11]])
        #expect(!lane.isFailing)
    }

    @Test func `senders take turns and adding does not wait for them`() async throws {
        let lane = BatchLane<Int>(capacity: 10_000, batchSize: 10)
        let sent = Sent()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for number in 0..<100 {
                        lane.append(task * 100 + number)
                        try await lane.flush { (batch) throws(CacheError) in
                            #expect(
                                sent.sending.withLock {
                                    $0 += 1; return $0
                                } == 1)
                            // Added in the middle of a sending: were adding to wait, this would never end.
                            if batch.number == 1 { lane.append(-1) }
                            await Task.yield()
                            sent.total.withLock { $0 += batch.elements }
                            sent.sending.withLock { $0 -= 1 }
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        try await lane.flush { (batch) throws(CacheError) in sent.total.withLock { $0 += batch.elements } }
        #expect(sent.total.withLock { $0.sorted() } == [-1] + Array(0..<800))
    }

    @Test func `forgetting forgets only when the work succeeds`() async throws {
        let lane = BatchLane<Int>(capacity: 3, batchSize: 1)
        for number in 0..<3 { lane.append(number) }
        await #expect(throws: CacheError.self) {
            try await lane.forget { () throws(CacheError) in
                lane.append(3)
                throw Self.away
            }
        }
        #expect(lane.counts == .init(waiting: 3, dropped: 1))
        try await lane.forget { () throws(CacheError) in lane.append(4) }
        let sent = Mutex<[Int]>([])
        try await lane.flush { (batch) throws(CacheError) in sent.withLock { $0 += batch.elements } }
        #expect(sent.withLock { $0 } == [4])
    }

    /// A sending that takes until the test lets it end.
    private final class Held: Sendable {
        let hasBegun = Atomic<Bool>(false)
        private let (wait, end) = AsyncStream.makeStream(of: CacheError?.self)

        func release(_ error: CacheError? = nil) { end.yield(error) }

        func send() async throws(CacheError) {
            hasBegun.store(true, ordering: .releasing)
            for await error in wait {
                if let error { throw error }
                return
            }
        }
    }

    /// Runs a body while one sending is held.
    private static func withHeldSending(
        _ lane: BatchLane<Int>, _ body: (Held) async throws -> Void
    ) async throws {
        let held = Held()
        lane.append(0)
        async let first: Void = lane.flush { (_) throws(CacheError) in try await held.send() }
        try await eventually { held.hasBegun.load(ordering: .acquiring) }
        try await body(held)
        _ = try? await first
    }

    @Test func `who waits for a turn can be cancelled`() async throws {
        let lane = BatchLane<Int>(capacity: 10, batchSize: 1)
        try await Self.withHeldSending(lane) { held in
            let waiting = Task { try await lane.flush { (_) throws(CacheError) in Issue.record("it was not its turn") } }
            waiting.cancel()
            // The first one still sends.
            await #expect(throws: CacheError.self) { try await waiting.value }
            #expect(lane.counts.waiting == 1)
            held.release()
        }
        #expect(lane.counts.waiting == 0)
        lane.append(1)
        try await lane.flush { (_) throws(CacheError) in }
        #expect(lane.counts.waiting == 0)
    }

    @Test func `a reader that waited for a failure does not wait for a second one`() async throws {
        let lane = BatchLane<Int>(capacity: 10, batchSize: 1)
        try await Self.withHeldSending(lane) { held in
            async let reader: Void = lane.flush(isPatient: false) { (_) throws(CacheError) in Issue.record("it tried again") }
            held.release(Self.away)
            try await reader
            #expect(lane.isFailing)
        }
        let sent = Mutex(0)
        try await lane.flush { (_) throws(CacheError) in sent.withLock { $0 += 1 } }
        #expect(sent.withLock { $0 } == 1)
    }

    @Test func `a caller that was cancelled does not make the store look broken`() async throws {
        let lane = BatchLane<Int>(capacity: 10, batchSize: 1)
        lane.append(0)
        await #expect(throws: CacheError.self) {
            try await lane.flush { (_) throws(CacheError) in throw CacheError(.cancelled, "The task was cancelled.") }
        }
        #expect(!lane.isFailing)
    }

    @Test func `what cannot be sent at the end is counted`() async throws {
        let lane = BatchLane<Int>(capacity: 100, batchSize: 10)
        for number in 0..<25 { lane.append(number) }
        let running = Task {
            await lane.run(every: .seconds(3600)) { _ = try? await lane.flush { (_) throws(CacheError) in throw Self.away } }
        }
        running.cancel()
        #expect(await running.value == 25)
        #expect(lane.counts == .init(waiting: 0, dropped: 25))
    }

    @Test func `a batch that filled in any way is sent without waiting for the interval`() async throws {
        let lane = BatchLane<Int>(capacity: 100, batchSize: 10)
        let sent = Mutex(0)
        // Sent at the start. Added after it, one alone would wait for the interval.
        lane.append(0)
        let running = Task {
            await lane.run(every: .seconds(3600)) {
                _ = try? await lane.flush { (batch) throws(CacheError) in sent.withLock { $0 += batch.elements.count } }
            }
        }
        try await eventually { sent.withLock { $0 } == 1 }
        for _ in 0..<9 { lane.append(1) }
        // Nine wait, and nine come while they are taken away and brought back: there is never a tenth.
        await #expect(throws: CacheError.self) {
            try await lane.forget { () throws(CacheError) in
                for _ in 0..<9 { lane.append(2) }
                throw Self.away
            }
        }
        try await eventually { sent.withLock { $0 } == 19 }
        // Many times what fits into a batch, as fast as it goes.
        for _ in 0..<50 {
            for _ in 0..<50 { lane.append(3) }
            try await eventually { lane.counts.waiting < 10 }
        }
        #expect(lane.counts.dropped == 0)
        running.cancel()
        _ = await running.value
    }

    @Test func `what is said now and then is counted in between`() {
        var allowance = LogAllowance(every: .seconds(10))
        let start = ContinuousClock.now
        #expect(allowance.take(at: start) == 0)
        #expect(allowance.take(at: start + .seconds(1)) == nil)
        #expect(allowance.take(at: start + .seconds(9)) == nil)
        #expect(!allowance.isDue(at: start + .seconds(9)))
        #expect(allowance.take(at: start + .seconds(10)) == 2)
        #expect(allowance.take(at: start + .seconds(20)) == 0)
    }
}

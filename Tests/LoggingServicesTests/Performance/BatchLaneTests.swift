import CacheServices
import Synchronization
import Testing

@testable import LoggingServices

@Suite struct BatchLaneTests {
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

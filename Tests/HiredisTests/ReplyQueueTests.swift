@testable import Hiredis
import NIOCore
import Testing

@Suite struct ReplyQueueTests {
    private let start = NIODeadline.uptimeNanoseconds(10_000_000_000)

    @Test func `replies reach callers in the order of their commands`() async throws {
        var queue = ReplyQueue(maximumInFlight: 10)
        let callers = await enqueue(3, in: &queue)
        _ = queue.takePending()
        resume(try queue.answer([.integer(0), .integer(1)]))
        resume(try queue.answer([.integer(2)]))
        for (index, caller) in callers.enumerated() { #expect(try await caller.result.get() == .integer(Int64(index))) }
        #expect(queue.isEmpty)
    }

    @Test func `commands that gather are taken in one batch, once`() async {
        var queue = ReplyQueue(maximumInFlight: 10)
        let callers = await enqueue(3, in: &queue)
        let batch = queue.takePending()
        #expect(batch.map { String(buffer: $0) } == "c0c1c2")
        #expect(queue.takePending() == nil)
        if let batch { queue.recycle(batch) }
        #expect(queue.takePending() == nil)
        resume(queue.close(.closing))
        for caller in callers { _ = await caller.result }
    }

    @Test func `a reply that nobody asked for is told apart`() async {
        var queue = ReplyQueue(maximumInFlight: 10)
        #expect(queue.complete([.null]) == nil)
        let callers = await enqueue(1, in: &queue)
        // Queued but not written, so this cannot be its reply.
        #expect(queue.complete([.null]) == nil)
        _ = queue.takePending()
        #expect(queue.complete([.null, .null]) == nil)
        resume(queue.close(.closing))
        #expect(await callers[0].failure?.outcome == .unknown)
    }

    @Test func `a cancelled caller is resumed at once and its slot swallows the reply`() async throws {
        var queue = ReplyQueue(maximumInFlight: 10)
        let callers = await enqueue(2, in: &queue)
        _ = queue.takePending()
        let taken = queue.cancel(token: 0)
        let cancelled = try #require(taken)
        cancelled.caller.resume(returning: .failure(cancelled.error))
        #expect(await callers[0].failure?.code == .cancelled)
        #expect(await callers[0].failure?.outcome == .unknown)
        #expect(queue.cancel(token: 0) == nil)
        #expect(queue.cancel(token: 7) == nil)
        resume(try queue.answer([.integer(0), .integer(1)]))
        #expect(try await callers[1].result.get() == .integer(1))
    }

    @Test func `a caller is found wherever its slot came to stand`() async {
        let tokens: [UInt64] = [7, 3, 9, 1, 8, 2, 1000, 0]
        var queue = ReplyQueue(maximumInFlight: 10)
        for token in tokens {
            let caller = await TestCaller.make()
            #expect(queue.enqueue([0], slot(caller, token, start)) == nil)
        }
        _ = queue.takePending()
        for token in tokens.shuffled() {
            let taken = queue.cancel(token: token)
            #expect(taken != nil)
            taken.map { $0.caller.resume(returning: .failure($0.error)) }
            #expect(queue.cancel(token: token) == nil)
        }
        #expect(queue.cancel(token: 5) == nil)
        #expect(queue.cancel(token: .max) == nil)
        #expect(queue.slots.count == tokens.count)
    }

    @Test func `a passed deadline resumes its caller only and keeps the slot`() async throws {
        var queue = ReplyQueue(maximumInFlight: 10)
        let callers = await enqueue(3, in: &queue) { start + .milliseconds(Int64(10 * ($0 + 1))) }
        _ = queue.takePending()
        #expect(queue.expire(now: start).resumptions.isEmpty)
        let expired = queue.expire(now: start + .milliseconds(20))
        #expect(expired.resumptions.count == 2)
        #expect(!expired.stalled)
        #expect(expired.next == start + .milliseconds(30))
        resume(expired.resumptions)
        for caller in callers[..<2] {
            #expect(await caller.failure?.code == .deadlineExceeded)
            #expect(await caller.failure?.outcome == .unknown)
        }
        resume(try queue.answer([.null, .null, .integer(2)]))
        #expect(try await callers[2].result.get() == .integer(2))
        #expect(queue.expire(now: .distantFuture).next == nil)
    }

    @Test func `the connection stalls when the oldest command has waited too long, cancelled or not`() async {
        var queue = ReplyQueue(maximumInFlight: 10)
        let callers = await enqueue(2, in: &queue)
        _ = queue.takePending()
        if let taken = queue.cancel(token: 0) { taken.caller.resume(returning: .failure(taken.error)) }
        #expect(queue.expire(now: start + .milliseconds(999)).next == start + .seconds(1))
        #expect(queue.expire(now: start + .seconds(1)).stalled)
        resume(queue.close(.closing))
        #expect(await callers[0].failure?.code == .cancelled)
        #expect(await callers[1].failure?.code == .connectionClosed)
    }

    @Test func `closing tells written commands from unsent ones, once`() async {
        var queue = ReplyQueue(maximumInFlight: 10)
        let written = await enqueue(2, in: &queue)
        _ = queue.takePending()
        let unsent = await enqueue(2, in: &queue, from: 2)
        resume(queue.close(.closing))
        for caller in written { #expect(await caller.failure?.outcome == .unknown) }
        for caller in unsent { #expect(await caller.failure?.outcome == .notSent) }
        #expect(queue.close(.closing).isEmpty)
        #expect(queue.cancel(token: 0) == nil)
        #expect(queue.takePending() == nil)
        #expect(queue.complete([.null]) == nil)
        let late = await TestCaller.make()
        let refusal = queue.enqueue([], slot(late, 9, start))
        #expect(refusal?.outcome == .notSent)
        #expect(refusal?.code == .connectionClosed)
        late.slot.resume(returning: .success(.null))
    }

    @Test func `refuses more commands than may wait`() async throws {
        var queue = ReplyQueue(maximumInFlight: 2)
        let callers = await enqueue(2, in: &queue)
        let late = await TestCaller.make()
        let refusal = queue.enqueue(Array("late".utf8), slot(late, 9, start))
        #expect(refusal?.code == .overloaded)
        #expect(refusal?.outcome == .notSent)
        late.slot.resume(returning: .success(.null))
        #expect(queue.takePending().map { String(buffer: $0) } == "c0c1")
        resume(try queue.answer([.null, .null]))
        for caller in callers { _ = await caller.result }
    }

    // MARK: Filling

    private func enqueue(
        _ count: Int, in queue: inout ReplyQueue, from first: Int = 0, deadline: ((Int) -> NIODeadline)? = nil
    ) async -> [TestCaller] {
        var callers: [TestCaller] = []
        for index in first..<first + count {
            let caller = await TestCaller.make()
            let refusal = queue.enqueue(Array("c\(index)".utf8), slot(caller, UInt64(index), deadline?(index) ?? start + .seconds(1)))
            #expect(refusal == nil)
            callers.append(caller)
        }
        return callers
    }

    private func slot(_ caller: TestCaller, _ token: UInt64, _ deadline: NIODeadline) -> ReplySlot {
        ReplySlot(token: token, caller: caller.slot, deadline: deadline, stall: start + .seconds(1))
    }

    private func resume(_ resumptions: [ReplyQueue.Resumption]) {
        for (caller, result) in resumptions { caller.resume(returning: result) }
    }
}

extension TestCaller {
    fileprivate var failure: RedisError? {
        get async {
            if case .failure(let error) = await result { error } else { nil }
        }
    }
}

extension ReplyQueue {
    fileprivate mutating func answer(_ replies: [RedisReply]) throws -> [Resumption] {
        let resumptions = complete(replies)
        return try #require(resumptions)
    }
}

extension RedisError {
    fileprivate static var closing: RedisError { RedisError(.connectionClosed, .unknown, "closed by a test") }
}

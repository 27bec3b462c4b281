@testable import Hiredis

/// Somebody who waits in a slot of a ``ReplyQueue``.
struct TestCaller {
    let slot: ReplySlot.Caller
    private let task: Task<Result<RedisReply, RedisError>, Never>

    static func make() async -> TestCaller {
        let (callers, handOver) = AsyncStream.makeStream(of: ReplySlot.Caller.self)
        let task = Task { await withUnsafeContinuation { (caller: ReplySlot.Caller) in handOver.yield(caller) } }
        var first = callers.makeAsyncIterator()
        guard let caller = await first.next() else { preconditionFailure("The stream of callers does not end.") }
        return TestCaller(slot: caller, task: task)
    }

    /// What the caller was resumed with; waits for it.
    var result: Result<RedisReply, RedisError> { get async { await task.value } }
}

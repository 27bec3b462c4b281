import Synchronization

/// Costly work that is done once for all who ask meanwhile, and never twice at a time.
///
/// Whoever comes while a run is under way shares the next one, so that no answer is older than its question.
final class SharedRun<Value: Sendable>: Sendable {
    private typealias Waiter = AsyncStream<Result<Value, any Error>>.Continuation

    private struct State {
        var isRunning = false
        var waiters: [Waiter] = []
    }

    private let work: @Sendable () async throws -> Value
    private let state = Mutex(State())

    /// - Parameter work: has to end by itself, in a time of its own: it goes on when those who asked are gone.
    init(_ work: @escaping @Sendable () async throws -> Value) { self.work = work }

    /// Those who wait for the next run.
    var waiting: Int { state.withLock { $0.waiters.count } }

    /// What a run gives that begins after this call.
    ///
    /// - Throws: what the work throws; `CancellationError` when the caller is cancelled.
    func value() async throws -> Value {
        let (results, waiter) = AsyncStream.makeStream(of: Result<Value, any Error>.self)
        let isFirst = state.withLock { state in
            state.waiters.append(waiter)
            defer { state.isRunning = true }
            return !state.isRunning
        }
        // No caller's own: it may leave, and the others stay.
        if isFirst { Task { await run() } }
        for await result in results { return try result.get() }
        throw CancellationError()
    }

    private func run() async {
        while let waiters = next() {
            let result: Result<Value, any Error>
            do { result = .success(try await work()) } catch { result = .failure(error) }
            for waiter in waiters {
                waiter.yield(result)
                waiter.finish()
            }
        }
    }

    /// Those for whom the next run is; nil when there is nobody, and it ends.
    private func next() -> [Waiter]? {
        state.withLock { state in
            guard !state.waiters.isEmpty else {
                state.isRunning = false
                return nil
            }
            defer { state.waiters = [] }
            return state.waiters
        }
    }
}

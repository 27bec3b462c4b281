import DequeModule
import NIOCore
import Synchronization

/// Runs tasks on one event loop's thread, in batches.
///
/// A task that prefers it and awaits a reply on the same loop is resumed without waking another thread: that saves two thread
/// switches for each command. What becomes ready while replies are handed out runs in one turn of the loop, so that the next
/// commands of all these tasks leave in one write.
final class EventLoopTaskExecutor: TaskExecutor {
    private struct State {
        var ready: Deque<UnownedJob> = []
        var isScheduled = false
    }

    private let eventLoop: any EventLoop
    private let state = Mutex(State())

    init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let schedule = state.withLock { state in
            state.ready.append(job)
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        if schedule { eventLoop.execute { self.drain() } }
    }

    /// Runs what is ready now; what becomes ready meanwhile waits for the next turn, so that I/O is never starved.
    private func drain() {
        var batch = state.withLock { state in
            state.isScheduled = false
            return exchange(&state.ready, with: [])
        }
        let executor = asUnownedTaskExecutor()
        while let job = batch.popFirst() { job.runSynchronously(on: executor) }
    }
}

private func exchange<Value>(_ value: inout Value, with new: Value) -> Value {
    defer { value = new }
    return value
}

import NIOCore
import Synchronization

extension RedisClient {
    /// Suspends until there is a connection, or no point in waiting.
    func waitForConnection(until deadline: NIODeadline) async throws(RedisError) {
        guard deadline > .now() else { throw notReached }
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        let timer = connector.eventLoop.scheduleTask(deadline: deadline) { self.release(id) }
        defer { timer.cancel() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let waits = state.withLock { state in
                    guard case .wait = state.machine.route else { return false }
                    state.waiters[id] = waiter
                    return true
                }
                if !waits { return waiter.resume() }
                // Either of these may have come before the waiter was entered.
                if Task.isCancelled || deadline <= .now() { release(id) }
            }
        } onCancel: {
            release(id)
        }
        if Task.isCancelled { throw RedisError(.cancelled, .notSent, "The task was cancelled before the command was sent.") }
        if deadline <= .now() { throw notReached }
    }

    private var notReached: RedisError {
        RedisError(
            .unreachable, .notSent, "Redis could not be reached in time; the command was not sent.",
            underlying: state.withLock { $0.machine.lastError })
    }

    private func release(_ id: UInt64) {
        state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
    }

    /// Changes the machine and tells everybody whom it concerns: waiters that need not wait any more, and observers.
    func transition(_ change: (inout ClientStateMachine) -> Void) {
        let (waiters, observers, status) = state.withLock { state in
            change(&state.machine)
            // Under the lock, so that the last change is also the last that is told.
            metrics.note(isUp: state.machine.status.isReady, isCircuitOpen: state.machine.circuit.isOpen)
            var released: [CheckedContinuation<Void, Never>] = []
            if case .wait = state.machine.route {
            } else {
                released = Array(state.waiters.values)
                state.waiters.removeAll()
            }
            return (released, Array(state.observers.values), state.machine.status)
        }
        for waiter in waiters { waiter.resume() }
        for observer in observers { observer.yield(status) }
    }

    /// The present status and every change of it from now on; ends when the client shuts down. Slow readers get the newest.
    public func statusUpdates() -> AsyncStream<RedisStatus> {
        let (stream, continuation) = AsyncStream.makeStream(of: RedisStatus.self, bufferingPolicy: .bufferingNewest(1))
        let id = state.withLock { state in
            state.nextWaiter += 1
            continuation.yield(state.machine.status)
            if state.machine.isShutDown { continuation.finish() } else { state.observers[state.nextWaiter] = continuation }
            return state.nextWaiter
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { state in state.observers[id] = nil }
        }
        return stream
    }
}

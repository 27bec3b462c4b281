import Synchronization

/// Bounds how much is under way at once: one task enters, others leave.
final class FlightWindow: Sendable {
    private struct State {
        var free: Int
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state: Mutex<State>

    init(_ size: Int) {
        state = Mutex(State(free: max(1, size)))
    }

    /// Waits for a place and takes it; for one task at a time.
    func enter() async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                guard state.free == 0 else {
                    state.free -= 1
                    return true
                }
                state.waiter = continuation
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    /// Gives a place back, or on to who waits for one.
    func leave() {
        state.withLock { state in
            if state.waiter == nil { state.free += 1 }
            return state.waiter.take()
        }?.resume()
    }
}

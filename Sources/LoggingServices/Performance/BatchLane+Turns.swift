import CacheServices
import DequeModule
import Synchronization

extension BatchLane {
    /// Waits until no other call sends.
    ///
    /// - Throws: `cancelled` when the task was cancelled before.
    @usableFromInline func takeTurn() async throws(CacheError) {
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

    /// Lets the next call send.
    @usableFromInline func passTurn() {
        let (next, wake) = state.withLock { state in
            let next = state.turns.popFirst()
            (state.isBusy, state.isWoken) = (next != nil, false)
            // What came while the last batches were sent.
            return (next, state.wakeIfFull(batchSize))
        }
        next?.caller.resume(returning: true)
        wake?()
    }
}

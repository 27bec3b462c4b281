import DequeModule
import ServiceLifecycle
import Synchronization

extension BatchLane {
    /// Calls `flush` at once, every so often, and as soon as a batch is full, until the service ends; then once more.
    ///
    /// - Returns: how many samples could not be sent even then: they are given up and counted as dropped.
    @discardableResult
    package func run(every interval: Duration, _ flush: @escaping @Sendable () async -> Void) async -> Int {
        await cancelWhenGracefulShutdown {
            let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
            self.state.withLock { ($0.wake, $0.isWoken) = ({ wake.yield() }, false) }
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
        return giveUp()
    }

    /// Counts everything that waits as dropped, unless another call is sending it.
    private func giveUp() -> Int {
        state.withLock { state in
            guard !state.isBusy else { return 0 }
            let lost = state.waiting.count + (state.unsettled?.elements.count ?? 0)
            (state.waiting, state.unsettled) = ([], nil)
            state.dropped += lost
            return lost
        }
    }
}

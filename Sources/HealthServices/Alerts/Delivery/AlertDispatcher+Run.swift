import ServiceLifecycle
import Synchronization

extension AlertDispatcher: Service {
    /// Delivers while this process leads. At a graceful shutdown nothing new is begun, and what is under way is finished and recorded.
    func run() async {
        let (wakeups, bell) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { background in
                background.addTask { await self.leadership.run("the delivery of alerts") { try await self.follow($0) { bell.yield() } } }
                // Pauses, spacings and terms end without an entry in the stream.
                background.addTask {
                    while !Task.isCancelled {
                        bell.yield()
                        try? await Task.sleep(for: self.leadership.tick)
                    }
                }
                await withDiscardingTaskGroup { work in
                    for await _ in wakeups {
                        for job in jobs() {
                            work.addTask {
                                await self.perform(job)
                                bell.yield()
                            }
                        }
                    }
                }
                background.cancelAll()
            }
        } onGracefulShutdown: {
            self.state.withLock { $0.isStopping = true }
            bell.finish()
        }
    }
}

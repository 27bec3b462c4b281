import Synchronization

/// One run of a probe that is answered in time, whatever the probe does.
enum BoundedCheck {
    /// Runs a probe; when its time is over it is cancelled, and the answer is a failure.
    ///
    /// - Parameter ended: called when the probe has really ended, which may be later than the answer where it takes no notice of
    ///   its cancellation.
    static func run(_ probe: any HealthProbe, within limit: Duration, ended: @escaping @Sendable () -> Void) async -> HealthCheckResult {
        let race = Race()
        let start = ContinuousClock.now
        // Tasks of their own: a group would wait for a probe that does not end.
        let work = Task {
            race.finish(await probe.check(within: limit))
            ended()
        }
        let timer = Task {
            guard (try? await Task.sleep(for: limit)) != nil else { return }
            race.finish(.failure("The check took longer than \(TimeText.short(limit)).", after: start.duration(to: .now)))
            work.cancel()
        }
        defer { timer.cancel() }
        return await withTaskCancellationHandler {
            await race.result()
        } onCancel: {
            work.cancel()
            race.finish(.failure("The check was ended.", after: start.duration(to: .now)))
        }
    }

    /// The first result counts.
    private final class Race: Sendable {
        private struct State {
            var result: HealthCheckResult?
            var waiter: CheckedContinuation<HealthCheckResult, Never>?
        }

        private let state = Mutex(State())

        func result() async -> HealthCheckResult {
            await withCheckedContinuation { continuation in
                let early = state.withLock { state -> HealthCheckResult? in
                    if state.result == nil { state.waiter = continuation }
                    return state.result
                }
                if let early { continuation.resume(returning: early) }
            }
        }

        func finish(_ result: HealthCheckResult) {
            let waiter = state.withLock { state -> CheckedContinuation<HealthCheckResult, Never>? in
                guard state.result == nil else { return nil }
                state.result = result
                defer { state.waiter = nil }
                return state.waiter
            }
            waiter?.resume(returning: result)
        }
    }
}

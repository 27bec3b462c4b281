import ServiceLifecycle

/// Ends the service group that it is part of after a while.
struct Countdown: Service {
    let duration: Duration

    func run() async {
        await cancelWhenGracefulShutdown { try? await Task.sleep(for: duration) }
    }
}

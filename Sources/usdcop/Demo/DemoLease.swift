import Logging
import ServiceLifecycle

/// Keeps the lease of the namespace while the demo runs, and gives it back at the end.
struct DemoLease: Service {
    let namespace: DemoNamespace
    let logger: Logger

    func run() async {
        await cancelWhenGracefulShutdown {
            var isShared = false
            while !Task.isCancelled {
                if let isOurs = await namespace.hold() {
                    if !isOurs, !isShared { logger.warning("another demo runs in the same namespace") }
                    isShared = !isOurs
                }
                try? await Task.sleep(for: DemoNamespace.leaseTime / 4)
            }
        }
        await namespace.release()
    }
}

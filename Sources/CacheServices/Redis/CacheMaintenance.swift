import Hiredis
public import Logging
public import ServiceLifecycle

/// What a long-running process does for the shared cache beside its requests: adds its hits and misses to the shared figures every
/// 5 seconds, and reconciles the indexes every 30.
public struct CacheMaintenance: Service {
    private let cache: RedisCacheClient
    private let logger: Logger

    public init(_ cache: RedisCacheClient, logger: Logger) {
        self.cache = cache
        self.logger = logger
    }

    public func run() async {
        await cancelWhenGracefulShutdown {
            var round = 0
            while !Task.isCancelled {
                if cache.redis.status.isReady {
                    try? await cache.flushStats()
                    if round % 6 == 0 { await reconcile() }
                }
                round += 1
                try? await Task.sleep(for: .seconds(5))
            }
        }
        try? await cache.flushStats()
    }

    private func reconcile() async {
        do throws(CacheError) {
            let report = try await IndexReconciliation(cache).run()
            guard report.added + report.removed > 0 else { return }
            logger.debug("reconciled the indexes", metadata: ["added": "\(report.added)", "removed": "\(report.removed)"])
        } catch {
            logger.warning("the indexes could not be reconciled", metadata: ["reason": "\(error)"])
        }
    }
}

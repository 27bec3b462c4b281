import CacheServices
import CoreMetrics
import Hiredis
import Logging
import ServiceLifecycle

/// What stores cache data, as the settings choose it, and what runs beside it.
struct Backend {
    let client: any ICacheClient
    let redis: RedisClient?
    /// The change stream.
    let changes: any EventStream
    /// What this process changed in memory instead of in Redis; without Redis the change stream itself.
    let localChanges: InMemoryEventStream
    /// In the order of their start.
    let services: [any Service]

    /// The longest that one command may take, whatever is configured: requests that only touch Redis are answered within 2 seconds.
    private static let longestCommand = Duration.milliseconds(1900)

    init(settings: Settings, logger: Logger, metrics: any MetricsFactory) {
        guard settings.backend != .memory else {
            let memory = InMemoryCacheClient(
                namespace: settings.namespace, maximumEntries: settings.cacheMaximumEntries, metrics: metrics)
            client = memory
            redis = nil
            (changes, localChanges) = (memory.events, memory.events)
            services = [memory]
            return
        }
        var configuration = settings.redis
        configuration.commandTimeout = min(configuration.commandTimeout, Self.longestCommand)
        let redis = RedisClient(configuration: configuration, logger: logger, metrics: metrics)
        let cache = RedisCacheClient(redis, namespace: settings.namespace, metrics: metrics)
        let maintenance = CacheMaintenance(cache, logger: logger)
        self.redis = redis
        changes = RedisEventStream.changes(redis, namespace: settings.namespace)
        guard settings.backend == .auto else {
            client = cache
            localChanges = InMemoryEventStream(maximumLength: CacheRules.eventsLength)
            services = [redis, maintenance]
            return
        }
        let fallback = FallbackCacheClient(cache, maximumEntries: settings.cacheMaximumEntries, logger: logger)
        client = fallback
        localChanges = fallback.localChanges
        services = [redis, fallback, maintenance]
    }
}

import CacheServices
import DashboardServer
import Hiredis
import Logging
import LoggingServices

/// What a command works with while it is connected to Redis.
struct Session: Sendable {
    /// The settings of the command.
    let settings: Settings
    /// The cache in Redis; there is no other.
    let cache: RedisCacheClient
    /// Collects damaged values on the way.
    let trace = CacheTrace()

    var signals: SignalCache { SignalCache(cache).traced(by: trace) }
    var metrics: MetricsCache { MetricsCache(cache).traced(by: trace) }
}

extension ConnectionOptions {
    /// Connects, works, adds hits and misses to the shared figures, and names damaged values that were passed by.
    ///
    /// - Throws: ``CommandFailure`` when Redis cannot be reached, and what `body` throws.
    func withSession<Value: Sendable>(
        adding flags: [String: String] = [:], _ body: @escaping @Sendable (Session) async throws -> Value
    ) async throws -> Value {
        let loaded = try load(adding: flags)
        let settings = loaded.settings
        var logger = Logger(label: "usdcop")
        // A command says itself what went wrong; the engine's own log is for those who ask for it.
        logger.logLevel = loaded.given.contains("LOG_LEVEL") ? settings.logLevel.threshold : .error
        return try await RedisClient.withClient(settings.redis, logger: logger) { client in
            let session = Session(settings: settings, cache: RedisCacheClient(client, namespace: settings.namespace))
            do {
                let value = try await body(session)
                // The figures are a by-product: a command that has its answer does not fail for them.
                try? await session.cache.flushStats()
                for key in session.trace.unreadableKeys {
                    Console().note("usdcop: warning: \(key) holds something that cannot be read; it was passed by")
                }
                return value
            } catch let error as CacheError where error.code == .unavailable && error.underlying?.server == nil {
                throw CommandFailure(.unavailable, "Redis cannot be reached at \(settings.redis); nothing was done by this step.")
            }
        }
    }
}

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
    /// How long operations take; nothing is recorded here.
    let performance: PerformanceLogger
    let logger: Logger
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
        _ variables: [ConfigurationVariable] = ConfigurationTable.connection, adding flags: [String: String] = [:],
        _ body: @escaping @Sendable (Session) async throws -> Value
    ) async throws -> Value {
        let loaded = try load(variables, adding: flags)
        let settings = loaded.settings
        var logging = settings.logging
        // A command says itself what went wrong; the engine's own log is for those who ask for it.
        if !loaded.given.contains("LOG_LEVEL") { logging.level = .error }
        return try await withLog(logging) { logger, _ in
            try await withClient(settings, logger, body)
        }
    }

    private func withClient<Value: Sendable>(
        _ settings: Settings, _ logger: Logger, _ body: @escaping @Sendable (Session) async throws -> Value
    ) async throws -> Value {
        try await RedisClient.withClient(settings.redis, logger: logger) { client in
            let session = Session(
                settings: settings, cache: RedisCacheClient(client, namespace: settings.namespace),
                performance: PerformanceLogger(.redis(client, namespace: settings.namespace), logger: logger), logger: logger)
            do {
                let value = try await body(session)
                // The figures are a by-product: a command that has its answer does not fail for them.
                try? await session.cache.flushStats()
                for key in session.trace.unreadableKeys {
                    Console().note("usdcop: warning: \(key) holds something that cannot be read; it was passed by")
                }
                return value
            } catch let error as CacheError where error.code == .unavailable && error.underlying?.server == nil {
                let cause = Self.inBrackets(error.underlying?.cause)
                throw CommandFailure(.unavailable, "Redis cannot be reached at \(settings.redis)\(cause); nothing was done by this step.")
            } catch let error as AuditError where error.isAbsence {
                let cause = Self.inBrackets(error.underlying?.underlying?.cause)
                throw CommandFailure(.unavailable, "Redis cannot be reached at \(settings.redis)\(cause). \(error.message)")
            }
        }
    }

    private static func inBrackets(_ cause: String?) -> String { cause.map { " (\($0))" } ?? "" }
}

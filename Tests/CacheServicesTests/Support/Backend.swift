import CacheServices
import Hiredis
import Logging
import RedisTesting
import Testing

/// The implementations of `ICacheClient` that one contract holds for.
enum Backend: String, CaseIterable, CustomTestStringConvertible {
    case redis, memory, fallback, fallbackAway

    /// Those that share their data with other processes.
    static let shared: [Backend] = [.redis, .fallback]
    /// Those that can do what makes sense in Redis only, or have no Redis to miss.
    static let complete: [Backend] = [.redis, .memory, .fallback]

    var testDescription: String { rawValue }

    var stores: CacheBackend { self == .redis || self == .fallback ? .redis : .memory }

    /// Runs `body` with a client of its own, on a server of its own where there is one.
    func run(namespace: Namespace = .standard, _ body: @Sendable (any ICacheClient) async throws -> Void) async throws {
        switch self {
        case .memory:
            try await body(InMemoryCacheClient(namespace: namespace))
        case .redis:
            try await withRedis(namespace: namespace) { cache, _ in try await body(cache) }
        case .fallback:
            let server = try await PrivateRedis.start(namespaces: [namespace.rawValue])
            defer { server.stop() }
            try await withFallback(server.configuration, namespace: namespace, body)
        case .fallbackAway:
            let nobody = RedisConfiguration(endpoint: .tcp(host: "127.0.0.1", port: try FreePort.find()))
            try await withFallback(nobody, namespace: namespace) { cache in
                try await eventually { cache.status.mode == .memory }
                try await body(cache)
            }
        }
    }
}

/// A client on a server of its own.
func withRedis(
    _ options: String..., namespace: Namespace = .standard,
    _ body: @Sendable (RedisCacheClient, PrivateRedis) async throws -> Void
) async throws {
    let server = try await PrivateRedis.start(options: options, users: .deployed(namespaces: [namespace.rawValue]))
    defer { server.stop() }
    try await withRedis(on: server, namespace: namespace) { cache in try await body(cache, server) }
}

/// One more client on a server.
func withRedis<Value: Sendable>(
    on server: PrivateRedis, namespace: Namespace = .standard, _ body: @Sendable (RedisCacheClient) async throws -> Value
) async throws -> Value {
    try await RedisClient.withClient(server.configuration, logger: .silent) { redis in
        try await body(RedisCacheClient(redis, namespace: namespace))
    }
}

/// A running fallback client; the server need not exist.
func withFallback<Value: Sendable>(
    _ configuration: RedisConfiguration, namespace: Namespace = .standard, maximumEntries: Int = 1000, logger: Logger = .silent,
    _ body: @Sendable (FallbackCacheClient) async throws -> Value
) async throws -> Value {
    try await RedisClient.withClient(configuration, logger: .silent) { redis in
        let cache = FallbackCacheClient(
            RedisCacheClient(redis, namespace: namespace), maximumEntries: maximumEntries, logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await cache.run() }
            defer { group.cancelAll() }
            return try await body(cache)
        }
    }
}

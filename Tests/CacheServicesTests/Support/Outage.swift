@testable import CacheServices
import Hiredis
import Logging
import RedisTesting
import Testing

extension PrivateRedis {
    /// A server that loses nothing that it acknowledged.
    static func durable() async throws -> PrivateRedis { try await start("--appendonly", "yes", "--appendfsync", "always") }
}

extension FallbackCacheClient {
    func leftRedis() async throws {
        try await eventually { self.status.mode == .memory }
    }

    /// Waits until Redis answers calls again; answers how long that took.
    @discardableResult
    func returned() async throws -> Duration {
        try await eventually { self.status.mode == .redis && self.cache.redis.status.isReady }
    }

    /// Waits until the last-known values were taken over from Redis.
    func knows(_ key: String, _ value: [UInt8]?) async throws {
        try await eventually { self.withState { (try? $0.store.string(key)) ?? nil } == value }
    }
}

/// A fallback client behind a network that a test can cut: Redis lives on and others reach it.
func withCutNetwork(
    logger: Logger = .silent, _ body: @Sendable (FallbackCacheClient, RedisCacheClient, CuttingProxy) async throws -> Void
) async throws {
    let server = try await PrivateRedis.start()
    defer { server.stop() }
    let proxy = try await CuttingProxy.start(inFrontOf: server.port)
    var configuration = server.configuration
    configuration.endpoint = .tcp(host: "127.0.0.1", port: proxy.port)
    configuration.commandTimeout = .milliseconds(300)
    configuration.stallTimeout = .milliseconds(300)
    configuration.connectTimeout = .milliseconds(300)
    try await withRedis(on: server) { [configuration] other in
        try await withFallback(configuration, logger: logger) { cache in try await body(cache, other, proxy) }
    }
    try await proxy.stop()
}

extension MemoryStore {
    /// A list as an array; `nil` when there is none.
    func elements(_ key: String) -> [[UInt8]]? { ((try? list(key)) ?? nil).map(Array.init) }
}

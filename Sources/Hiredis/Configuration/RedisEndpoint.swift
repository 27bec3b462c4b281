/// Where a Redis server listens.
public enum RedisEndpoint: Sendable, Hashable {
    case tcp(host: String, port: Int)
    case unixSocket(path: String)
}

/// Answers where to connect, asked before every attempt; the seam for Sentinel and Cluster.
public typealias RedisResolver = @Sendable () async throws -> RedisEndpoint

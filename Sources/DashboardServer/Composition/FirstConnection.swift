import Hiredis

/// The first attempt to connect to Redis, which decides whether the service starts.
enum FirstConnection {
    /// Waits for its end, however it ends: at most the connect time-out. Only wrong credentials keep the service from starting;
    /// a Redis that is away may come.
    static func check(_ redis: RedisClient) async throws(StartError) {
        for await status in redis.statusUpdates() {
            switch status {
            case .connecting: continue
            case .away(let error) where error.server?.kind == .authentication: throw .wrongCredentials
            case .ready, .away, .shutDown: return
            }
        }
    }
}

import CacheServices
import Hiredis
import RedisTesting

extension PrivateRedis {
    /// What the server says of a stream.
    func streamInfo(_ key: String) async throws -> StreamInfo { StreamInfo(try await ask("XINFO", "STREAM", .text(key))) }
}

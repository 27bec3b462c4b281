import Hiredis

extension RedisEventStream {
    /// Deletes single entries (XDEL); answers how many were there.
    @discardableResult
    package func delete(_ ids: [StreamID]) async throws(CacheError) -> Int {
        guard !ids.isEmpty else { return 0 }
        return try await send(RedisCommand("XDEL", [.text(key)] + ids.map { .text("\($0)") })).count()
    }
}

import Hiredis

extension RedisEventStream {
    public func piece(after id: StreamID, limit: Int) async throws(CacheError) -> StreamPiece {
        let reply: RedisReply
        do throws(RedisError) {
            reply = try await run(.readStreamPiece, [.text("\(id)"), .integer(max(1, limit))])
        } catch {
            throw CacheError(error, key: key)
        }
        guard let parts = reply.array else { throw .unexpectedReply(key) }
        guard !parts.isEmpty else { return StreamPiece(info: StreamInfo(), holdsStart: false, entries: []) }
        guard parts.count == 3, let isThere = parts[1].integer else { throw .unexpectedReply(key) }
        return StreamPiece(info: StreamInfo(parts[0]), holdsStart: isThere == 1, entries: try parts[2].streamEntries())
    }

    public func wait(after id: StreamID, atMost limit: Duration) async throws(CacheError) {
        // On the connection that all callers share it would stand in front of everybody.
        guard own != nil else { return try await dedicated().wait(after: id, atMost: limit) }
        let arguments: [RedisArgument] = [
            "COUNT", "1", "BLOCK", .integer(max(1, limit.wholeMilliseconds)), "STREAMS", .text(key), .text("\(id)"),
        ]
        _ = try await send(RedisCommand("XREAD", arguments, access: .read, blocking: limit))
    }
}

extension RedisScript {
    /// KEYS: stream. ARGV: identity, most entries. Replies nothing for a stream that is not there; else what is known of the stream, whether
    /// the identity is there, and the entries after it.
    static let readStreamPiece = RedisScript(
        named: "readStreamPiece",
        LuaLibrary.checks + """
            need(KEYS[1], 'stream')
            if redis.call('EXISTS', KEYS[1]) == 0 then return {} end
            local info = redis.call('XINFO', 'STREAM', KEYS[1])
            local known = {}
            for i = 1, #info, 2 do
              -- Of the entries at its ends only the identities: their contents would make every answer long.
              local value = info[i + 1]
              if type(value) == 'table' then value = {value[1]} end
              known[#known + 1] = info[i]
              known[#known + 1] = value
            end
            return {known, #redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1]),
              redis.call('XRANGE', KEYS[1], '(' .. ARGV[1], '+', 'COUNT', ARGV[2])}
            """, access: .read)
}

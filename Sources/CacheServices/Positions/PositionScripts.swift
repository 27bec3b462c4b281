import Hiredis

extension RedisScript {
    /// KEYS: position, index, change stream. ARGV: expectation (2), position, symbol, `1` when it is closed, length of the change
    /// stream, name of the key, milliseconds of the entry time. Replies `stored`, `removed`, or `conflict` when the expectation failed.
    static let setPosition = RedisScript(
        named: "setPosition",
        LuaLibrary.checks + """
            need(KEYS[1], 'string') need(KEYS[2], 'zset') need(KEYS[3], 'stream')
            if not expected(KEYS[1], ARGV[1], ARGV[2]) then return 'conflict' end
            if tonumber(ARGV[8]) > now() + 300000 then return redis.error_reply('FUTURE the entry time is too far ahead') end
            local isClosed = ARGV[5] == '1'
            redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[6], '*',
              'topic', 'positions', 'event', isClosed and 'closed' or 'set', 'key', ARGV[7], 'value', ARGV[3])
            if isClosed then
              redis.call('UNLINK', KEYS[1])
              redis.call('ZREM', KEYS[2], ARGV[4])
              return 'removed'
            end
            redis.call('SET', KEYS[1], ARGV[3])
            redis.call('ZADD', KEYS[2], '+inf', ARGV[4])
            return 'stored'
            """)

    /// KEYS: position, index, change stream. ARGV: expectation (2), symbol, length of the change stream, name of the key.
    /// Replies 1, 0 when there was none, or `conflict` when the expectation failed.
    static let deletePosition = RedisScript(
        named: "deletePosition",
        LuaLibrary.checks + """
            need(KEYS[2], 'zset') need(KEYS[3], 'stream')
            if ARGV[1] ~= 'any' and not expected(KEYS[1], ARGV[1], ARGV[2]) then return 'conflict' end
            if redis.call('EXISTS', KEYS[1]) == 1 then
              redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[4], '*',
                'topic', 'positions', 'event', 'deleted', 'key', ARGV[5], 'value', '')
            end
            redis.call('ZREM', KEYS[2], ARGV[3])
            return redis.call('UNLINK', KEYS[1])
            """)

    /// KEYS: index, prefix of the keys. ARGV: `1` to leave out members whose time has passed. Replies member and value in turn; a value
    /// of another type is an empty string.
    static let indexedValues = RedisScript(
        named: "indexedValues",
        LuaLibrary.checks + """
            need(KEYS[1], 'zset')
            local answer = {}
            local from = ARGV[1] == '1' and '(' .. now() or '-inf'
            for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], from, '+inf')) do
              local value = redis.pcall('GET', KEYS[2] .. member)
              if type(value) == 'table' then value = '' end
              if value then
                answer[#answer + 1] = member
                answer[#answer + 1] = value
              end
            end
            return answer
            """, access: .read)
}

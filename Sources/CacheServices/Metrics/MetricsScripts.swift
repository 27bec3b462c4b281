import Hiredis

extension RedisScript {
    /// KEYS: metric, index, change stream. ARGV: expectation (2), value, lifetime in milliseconds, member, length of the change stream,
    /// name of the key, milliseconds of its timestamp or nothing. Replies 1, or `conflict` when the expectation failed.
    static let setMetric = RedisScript(
        named: "setMetric",
        LuaLibrary.checks + """
            need(KEYS[1], 'string') need(KEYS[2], 'zset') need(KEYS[3], 'stream')
            if not expected(KEYS[1], ARGV[1], ARGV[2]) then return 'conflict' end
            local clock = now()
            if ARGV[8] ~= '' and tonumber(ARGV[8]) > clock + 300000 then return redis.error_reply('FUTURE the timestamp is too far ahead') end
            redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[6], '*',
              'topic', 'metrics', 'event', 'set', 'key', ARGV[7], 'value', ARGV[3])
            redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[4])
            redis.call('ZADD', KEYS[2], clock + ARGV[4], ARGV[5])
            return 1
            """)

    /// KEYS: metric, index, change stream. ARGV: value, lifetime in milliseconds, milliseconds of the value's timestamp, length of the
    /// change stream, name of the key. Stores financial metrics unless newer ones are there. Replies 1 or `conflict`.
    static let setNewerMetrics = RedisScript(
        named: "setNewerMetrics",
        LuaLibrary.checks + LuaLibrary.signals + """
            need(KEYS[1], 'string') need(KEYS[2], 'zset') need(KEYS[3], 'stream')
            local clock, at = now(), tonumber(ARGV[3])
            if at > clock + 300000 then return redis.error_reply('FUTURE the timestamp is too far ahead') end
            local present = redis.call('GET', KEYS[1])
            if present then
              local ok, value = pcall(cjson.decode, present)
              local presentAt = ok and type(value) == 'table' and instant(value.timestamp)
              if presentAt and presentAt > at and presentAt <= clock + 300000 then return 'conflict' end
            end
            redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[4], '*',
              'topic', 'metrics', 'event', 'set', 'key', ARGV[5], 'value', ARGV[1])
            redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
            redis.call('ZADD', KEYS[2], clock + ARGV[2], 'financial')
            return 1
            """)

    /// KEYS: metric, index, change stream. ARGV: expectation (2), member, length of the change stream, name of the key. Replies 1, 0 or `conflict`.
    static let deleteMetric = RedisScript(
        named: "deleteMetric",
        LuaLibrary.checks + """
            need(KEYS[2], 'zset') need(KEYS[3], 'stream')
            if ARGV[1] ~= 'any' and not expected(KEYS[1], ARGV[1], ARGV[2]) then return 'conflict' end
            if redis.call('EXISTS', KEYS[1]) == 1 then
              redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[4], '*',
                'topic', 'metrics', 'event', 'deleted', 'key', ARGV[5], 'value', '')
            end
            redis.call('ZREM', KEYS[2], ARGV[3])
            return redis.call('UNLINK', KEYS[1])
            """)

    /// KEYS: index, change stream, prefix of metrics, more keys of metrics. ARGV: length of the change stream, name of the family.
    /// Replies how many were removed.
    static let clearMetrics = RedisScript(
        named: "clearMetrics",
        LuaLibrary.checks + """
            need(KEYS[1], 'zset') need(KEYS[2], 'stream')
            redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[1], '*',
              'topic', 'metrics', 'event', 'cleared', 'key', ARGV[2], 'value', '')
            local removed = 0
            for _, member in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do removed = removed + redis.call('UNLINK', KEYS[3] .. member) end
            for i = 4, #KEYS do removed = removed + redis.call('UNLINK', KEYS[i]) end
            redis.call('UNLINK', KEYS[1])
            return removed
            """)

    /// KEYS: financial. Replies the value, or nothing, and the server's clock in milliseconds.
    static let valueAndClock = RedisScript(
        named: "valueAndClock",
        LuaLibrary.checks + """
            need(KEYS[1], 'string')
            return {redis.call('GET', KEYS[1]), now()}
            """, access: .read)
}

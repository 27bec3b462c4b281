import Hiredis

// The scripts of single keys. Common rule of all scripts: types and inputs are checked before the first write.

extension RedisScript {
    /// KEYS: the key. ARGV: expectation (2), value, milliseconds or `never`. Replies 1, or `conflict` when the expectation failed.
    static let guardedSet = RedisScript(
        named: "guardedSet",
        LuaLibrary.checks + """
            need(KEYS[1], 'string')
            if not expected(KEYS[1], ARGV[1], ARGV[2]) then return 'conflict' end
            if ARGV[4] == 'never' then
              redis.call('SET', KEYS[1], ARGV[3])
            else
              redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[4])
            end
            return 1
            """)

    /// KEYS: the key. ARGV: expectation (2). Replies how many were removed, or `conflict` when the expectation failed.
    static let guardedDelete = RedisScript(
        named: "guardedDelete",
        LuaLibrary.checks + """
            need(KEYS[1], 'string')
            if not expected(KEYS[1], ARGV[1], ARGV[2]) then return 'conflict' end
            return redis.call('UNLINK', KEYS[1])
            """)

    /// KEYS: the list. ARGV: value, cap or 0, lifetime (`unchanged`, `never` or milliseconds). Replies the length.
    static let cappedPush = RedisScript(named: "cappedPush", LuaLibrary.checks + push + "return push()")

    /// KEYS: the list, the numbers. ARGV: as above, then writer and number. A number that was there already changes nothing.
    static let numberedPush = RedisScript(
        named: "numberedPush",
        LuaLibrary.checks + push + """
            need(KEYS[2], 'hash')
            if tonumber(redis.call('HGET', KEYS[2], ARGV[4]) or 0) >= tonumber(ARGV[5]) then return redis.call('LLEN', KEYS[1]) end
            local length = push()
            redis.call('HSET', KEYS[2], ARGV[4], ARGV[5])
            redis.call('PEXPIRE', KEYS[2], 86400000)
            return length
            """)

    private static let push = """
        need(KEYS[1], 'list')
        local function push()
          local cap = tonumber(ARGV[2])
          local length = redis.call('LPUSH', KEYS[1], ARGV[1])
          if cap > 0 and length > cap then
            redis.call('LTRIM', KEYS[1], 0, cap - 1)
            length = cap
          end
          if ARGV[3] == 'never' then
            redis.call('PERSIST', KEYS[1])
          elseif ARGV[3] ~= 'unchanged' then
            redis.call('PEXPIRE', KEYS[1], ARGV[3])
          end
          return length
        end

        """
}

package import Hiredis

extension RedisScript {
    /// KEYS: latest, history, index, latest by symbol, change stream.
    /// ARGV: signal, milliseconds, signal_id, symbol, `1` to set the latest, `1` to push the history, lifetime in milliseconds,
    /// length of the history, length of the change stream, name of the key and of the event for the change.
    /// Replies what happened to the latest and to the history.
    package static let publishSignal = RedisScript(named: "publishSignal", LuaLibrary.checks + LuaLibrary.signals + publishSignalBody)

    /// The step itself, after the library; the audited publish puts its own part around it.
    package static let publishSignalBody = """
        need(KEYS[1], 'string') need(KEYS[2], 'list') need(KEYS[3], 'zset') need(KEYS[4], 'hash') need(KEYS[5], 'stream')
        local clock = now()
        local at, id, symbol = tonumber(ARGV[2]), ARGV[3], ARGV[4]
        if at > clock + 300000 then return redis.error_reply('FUTURE the timestamp is too far ahead') end
        local latest, history = 'none', 'none'
        local present = ARGV[5] == '1' and redis.call('GET', KEYS[1])
        if ARGV[5] == '1' then
          if not present then
            latest = 'stored'
          else
            local presentAt, presentID = signal(present)
            if not presentAt or presentAt > clock + 300000 then
              latest = 'replaced_unreadable'
            elseif precedes(at, id, presentAt, presentID) then
              latest = 'older'
            else
              latest = 'stored'
            end
          end
        end
        local known = false
        if ARGV[6] == '1' then
          history = redis.call('LPOS', KEYS[2], ARGV[1]) and 'duplicate' or 'added'
          known = redis.call('EXISTS', KEYS[2]) == 1 and redis.call('HGET', KEYS[4], symbol) or false
        end
        local replaces = latest == 'stored' or latest == 'replaced_unreadable'
        -- The event goes first: it is the one write that can still be refused, and then nothing was written. A repeat has none.
        if history == 'added' or (replaces and present ~= ARGV[1]) then
          redis.call('XADD', KEYS[5], 'MAXLEN', '~', ARGV[9], '*',
            'topic', 'signals', 'event', ARGV[11], 'key', ARGV[10], 'value', ARGV[1])
        end
        if replaces then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[7]) end
        if history ~= 'none' then
          if history == 'added' then
            redis.call('LPUSH', KEYS[2], ARGV[1])
            -- When the symbol's newest signal is what falls off the end, the newest of the rest takes its place.
            if known and redis.call('LINDEX', KEYS[2], ARGV[8]) == known then known = nil end
            redis.call('LTRIM', KEYS[2], 0, ARGV[8] - 1)
          end
          redis.call('PEXPIRE', KEYS[2], ARGV[7])
          redis.call('ZADD', KEYS[3], clock + ARGV[7], symbol)
          if known == nil then
            redis.call('HSET', KEYS[4], symbol, newest(KEYS[2], clock) or ARGV[1])
          else
            local knownAt, knownID
            if known then knownAt, knownID = signal(known) end
            if not knownAt or not precedes(at, id, knownAt, knownID) then redis.call('HSET', KEYS[4], symbol, ARGV[1]) end
          end
        end
        return {latest, history}
        """

    /// KEYS: index, latest by symbol, prefix of the histories. Replies symbol and latest signal in turn, for each symbol with a history.
    static let latestBySymbol = RedisScript(
        named: "latestBySymbol",
        LuaLibrary.checks + """
            need(KEYS[1], 'zset') need(KEYS[2], 'hash')
            local answer = {}
            for _, symbol in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. now(), '+inf')) do
              if redis.call('EXISTS', KEYS[3] .. symbol) == 1 then
                answer[#answer + 1] = symbol
                answer[#answer + 1] = redis.call('HGET', KEYS[2], symbol) or ''
              end
            end
            return answer
            """, access: .read)

    /// KEYS: history, index, latest by symbol, change stream. ARGV: symbol, length of the change stream, name of the key. Replies 1 or 0.
    static let clearHistory = RedisScript(
        named: "clearHistory",
        LuaLibrary.checks + """
            need(KEYS[2], 'zset') need(KEYS[3], 'hash') need(KEYS[4], 'stream')
            if redis.call('EXISTS', KEYS[1]) == 1 then
              redis.call('XADD', KEYS[4], 'MAXLEN', '~', ARGV[2], '*',
                'topic', 'signals', 'event', 'cleared', 'key', ARGV[3], 'value', '')
            end
            redis.call('ZREM', KEYS[2], ARGV[1])
            redis.call('HDEL', KEYS[3], ARGV[1])
            return redis.call('UNLINK', KEYS[1])
            """)

    /// KEYS: index, latest by symbol, change stream, prefix of the histories, more keys of signals. ARGV: length of the change stream,
    /// name of the family. Replies how many keys of signals were removed.
    static let clearSignals = RedisScript(
        named: "clearSignals",
        LuaLibrary.checks + """
            need(KEYS[1], 'zset') need(KEYS[2], 'hash') need(KEYS[3], 'stream')
            redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[1], '*',
              'topic', 'signals', 'event', 'cleared', 'key', ARGV[2], 'value', '')
            local removed = 0
            for _, symbol in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do removed = removed + redis.call('UNLINK', KEYS[4] .. symbol) end
            for i = 5, #KEYS do removed = removed + redis.call('UNLINK', KEYS[i]) end
            redis.call('UNLINK', KEYS[1], KEYS[2])
            return removed
            """)
}

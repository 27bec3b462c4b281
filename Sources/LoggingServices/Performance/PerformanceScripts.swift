import CacheServices
import Hiredis

extension RedisScript {
    /// KEYS: number of the writer's last batch, index, then one stream for each series. ARGV: number of this batch, length of a stream,
    /// how long the number is kept in milliseconds; for each series its name and how many entries follow; for each entry duration,
    /// timestamp, success, metadata, and the operation where the stream is not its own.
    /// Replies how many entries were left out, because their key is no stream, or one that takes no more.
    static let addPerformance = RedisScript(
        named: "addPerformance",
        LuaLibrary.checks + """
            need(KEYS[1], 'string') need(KEYS[2], 'zset')
            local takes = {}
            for i = 3, #KEYS do
              local kind = redis.call('TYPE', KEYS[i]).ok
              takes[i] = kind == 'stream' or kind == 'none'
            end
            local last, lost = (redis.call('GET', KEYS[1]) or ''):match('^(%d+) ?(%d*)$')
            if last and tonumber(last) >= tonumber(ARGV[1]) then return tonumber(lost) or 0 end
            -- First the write that fails when the server takes none at all: then nothing was written.
            redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
            local place = 4
            lost = 0
            for i = 3, #KEYS do
              local name, count = ARGV[place], tonumber(ARGV[place + 1])
              place = place + 2
              for entry = 1, count do
                -- One trim for each stream, with its last entry.
                local command = entry == count and {KEYS[i], 'MAXLEN', '=', ARGV[2], '*'} or {KEYS[i], '*'}
                local n = #command
                command[n + 1], command[n + 2] = 'duration_ms', ARGV[place]
                command[n + 3], command[n + 4] = 'timestamp', ARGV[place + 1]
                command[n + 5], command[n + 6] = 'success', ARGV[place + 2]
                n = n + 6
                if ARGV[place + 3] ~= '' then
                  command[n + 1], command[n + 2] = 'metadata', ARGV[place + 3]
                  n = n + 2
                end
                if ARGV[place + 4] ~= '' then command[n + 1], command[n + 2] = 'operation', ARGV[place + 4] end
                place = place + 5
                -- A stream whose last identity another program set to the greatest takes no more.
                if takes[i] and redis.pcall('XADD', unpack(command)).err then takes[i] = false end
                if not takes[i] then lost = lost + 1 end
              end
              if takes[i] then redis.call('ZADD', KEYS[2], '+inf', name) end
            end
            if lost > 0 then redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. lost, 'PX', ARGV[3]) end
            return lost
            """)

    /// KEYS: index, prefix of the streams. Replies how many streams were removed. What is no stream stays, and stays in the index.
    static let clearPerformance = RedisScript(
        named: "clearPerformance",
        LuaLibrary.checks + """
            need(KEYS[1], 'zset')
            local removed = 0
            for _, name in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
              local kind = redis.call('TYPE', KEYS[2] .. name).ok
              if kind == 'stream' then removed = removed + redis.call('UNLINK', KEYS[2] .. name) end
              if kind == 'stream' or kind == 'none' then redis.call('ZREM', KEYS[1], name) end
            end
            return removed
            """)
}

import CacheServices
import Hiredis

extension RedisScript {
    /// Reads the registry in one step. KEYS: services, epoch. Replies the types of both, and what they hold.
    static let readRegistry = RedisScript(
        """
        local services, epoch = redis.call('TYPE', KEYS[1]).ok, redis.call('TYPE', KEYS[2]).ok
        return {services, epoch, services == 'hash' and redis.call('HGETALL', KEYS[1]) or {},
          epoch == 'string' and redis.call('GET', KEYS[2]) or ''}
        """, access: .read)

    /// Writes services into the registry, and tells of those that are new or other than before.
    ///
    /// KEYS: services, epoch, change stream, and of each service its status.
    /// ARGV: 1 the most services; 2 the epoch that was read, or nothing; 3 the one that begins unless another process began one meanwhile, or
    /// nothing; 4 how many of the services replace what is there, while the others only fill gaps; 5 the length of the change stream; then of
    /// each its name, its body, the name of the status' key, and what is said of a service that was never checked.
    /// Replies the epoch, and the names of those that found no room.
    static let publishServices = RedisScript(
        LuaLibrary.checks + """
            need(KEYS[1], 'hash') need(KEYS[2], 'string') need(KEYS[3], 'stream')
            local epoch = redis.call('GET', KEYS[2]) or ''
            if ARGV[3] ~= '' and epoch == ARGV[2] then
              epoch = ARGV[3]
              redis.call('SET', KEYS[2], epoch)
            end
            local reply = {epoch}
            for index = 4, #KEYS do
              local at = 4 * (index - 4) + 6
              local name, body = ARGV[at], ARGV[at + 1]
              local known = redis.call('HGET', KEYS[1], name)
              -- By its own Redis a registry is known to be whole: there is always room for it.
              if not known and name ~= 'redis' and redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[1]) then
                reply[#reply + 1] = name
              elseif known ~= body and (not known or index - 4 < tonumber(ARGV[4])) then
                local status = redis.pcall('GET', KEYS[index])
                if type(status) ~= 'string' then status = ARGV[at + 3] end
                redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[5], '*',
                  'topic', 'health', 'event', 'registered', 'key', ARGV[at + 2], 'value', status)
                redis.call('HSET', KEYS[1], name, body)
              end
            end
            return reply
            """)

    /// Says which services a process has in its configuration. KEYS: configured. ARGV: process; the most processes that are kept of one
    /// service; names.
    /// Replies the services that this process had before, and that none has now.
    static let claimServices = RedisScript(
        LuaLibrary.checks + """
            need(KEYS[1], 'hash')
            local mine, abandoned = {}, {}
            for index = 3, #ARGV do mine[ARGV[index]] = true end
            local all = redis.call('HGETALL', KEYS[1])
            for index = 1, #all, 2 do
              local name, others, isKnown = all[index], {}, false
              for process in all[index + 1]:gmatch('%S+') do
                if process == ARGV[1] then isKnown = true else others[#others + 1] = process end
              end
              if mine[name] and not isKnown and #others < tonumber(ARGV[2]) then
                redis.call('HSET', KEYS[1], name, all[index + 1] .. ' ' .. ARGV[1])
              elseif isKnown and not mine[name] and #others > 0 then
                redis.call('HSET', KEYS[1], name, table.concat(others, ' '))
              elseif isKnown and not mine[name] then
                redis.call('HDEL', KEYS[1], name)
                abandoned[#abandoned + 1] = name
              end
              mine[name] = nil
            end
            for name in pairs(mine) do redis.call('HSET', KEYS[1], name, ARGV[1]) end
            return abandoned
            """)
}

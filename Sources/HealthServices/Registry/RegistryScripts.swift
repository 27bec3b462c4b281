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

    /// Writes services into the registry. KEYS: services, epoch.
    /// ARGV: 1 the most services; 2 the epoch that was read, or nothing; 3 the one that begins unless another process began one meanwhile, or
    /// nothing; 4 how many of the services replace what is there, while the others only fill gaps; then name and body of each.
    /// Replies the epoch, and the names of those that found no room.
    static let publishServices = RedisScript(
        LuaLibrary.checks + """
            need(KEYS[1], 'hash') need(KEYS[2], 'string')
            local epoch = redis.call('GET', KEYS[2]) or ''
            if ARGV[3] ~= '' and epoch == ARGV[2] then
              epoch = ARGV[3]
              redis.call('SET', KEYS[2], epoch)
            end
            local reply = {epoch}
            for index = 5, #ARGV, 2 do
              local name, body = ARGV[index], ARGV[index + 1]
              local isThere = redis.call('HEXISTS', KEYS[1], name) == 1
              -- By its own Redis a registry is known to be whole: there is always room for it.
              if not isThere and name ~= 'redis' and redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[1]) then
                reply[#reply + 1] = name
              elseif not isThere or (index - 5) / 2 < tonumber(ARGV[4]) then
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

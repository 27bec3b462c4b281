import CacheServices
import Hiredis

extension RedisScript {
    /// Records one check of one service, on behalf of the holder of a lease.
    ///
    /// KEYS: lease, status, history, transitions, alerts, services, change stream.
    /// ARGV: 1 what the lease reads for its holder; 2 service; 3 fencing number; 4 number of the check under it; 5 status; 6 time;
    /// 7 body of the status; 8 its lifetime in milliseconds; 9 cap of the history; 10 cap of the alerts; 11 checks after which a change has
    /// lasted; 12 latency in milliseconds or nothing; 13 `1` for success; 14 reason or nothing; and for the alert, as they stand in JSON
    /// without quotes: 15 service, 16 reason or nothing; and for the change: 17 length of the change stream, 18 name of the status' key.
    ///
    /// The field of a service in the hash of transitions reads: status that is confirmed, status of the last checks, how many of them,
    /// time of the first of them, fencing number and number of the last check, status before it, name of the alert that it gave or `-`.
    /// Replies `fenced` when the lease is another's and `gone` when the service is not registered; else `recorded`, or `repeat` for a check that is there already, with the status
    /// before and the name of the alert.
    static let recordHealthCheck = RedisScript(
        LuaLibrary.checks + """
            need(KEYS[1], 'string') need(KEYS[2], 'string') need(KEYS[3], 'stream') need(KEYS[4], 'hash') need(KEYS[5], 'stream')
            need(KEYS[6], 'hash') need(KEYS[7], 'stream')
            if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {'fenced'} end
            -- It was unregistered while it was checked: its keys must not come back.
            if not redis.call('HGET', KEYS[6], ARGV[2]) then return {'gone'} end
            local service, fence, number, status, at = ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[5], ARGV[6]
            local state = redis.call('HGET', KEYS[4], service) or ''
            local confirmed, candidate, count, since, lastFence, lastNumber, previous, alerted =
              state:match('^(%a+) (%a+) (%d+) (%S+) (%d+) (%d+) (%a+) (%S.*)$')
            if not confirmed then confirmed, candidate, count, since = 'unknown', 'unknown', 0, at end
            if lastFence == fence and tonumber(lastNumber) >= number then return {'repeat', previous, alerted} end
            previous = candidate
            if status == candidate then
              count = math.min(tonumber(count) + 1, 1000000)
            else
              candidate, count, since = status, 1, at
            end
            local alert = '-'
            if candidate ~= confirmed and count >= tonumber(ARGV[11]) then
              -- That a service is well when it is seen for the first time is no news.
              if not (confirmed == 'unknown' and candidate == 'healthy') then
                alert = service .. ':' .. fence .. ':' .. ARGV[4]
                local name = ARGV[15] .. ':' .. fence .. ':' .. ARGV[4]
                local because = ARGV[16] == '' and '' or ': ' .. ARGV[16]
                local json = '{"at":"' .. since .. '","from":"' .. confirmed .. '","id":"' .. name .. '","kind":"service","latency_ms":'
                  .. (ARGV[12] == '' and 'null' or ARGV[12]) .. ',"message":"' .. ARGV[15] .. ' is ' .. candidate .. ', was ' .. confirmed .. because
                  .. '","reason":' .. (ARGV[16] == '' and 'null' or '"' .. ARGV[16] .. '"') .. ',"service":"' .. ARGV[15] .. '","to":"' .. candidate .. '"}'
                redis.call('XADD', KEYS[5], 'MAXLEN', '=', ARGV[10], '*', 'kind', 'alert', 'id', alert, 'alert', json)
              end
              confirmed = candidate
            end
            redis.call('XADD', KEYS[7], 'MAXLEN', '~', ARGV[17], '*',
              'topic', 'health', 'event', 'checked', 'key', ARGV[18], 'value', ARGV[7])
            redis.call('SET', KEYS[2], ARGV[7], 'PX', ARGV[8])
            local entry = {'at', at, 'status', status, 'success', ARGV[13]}
            local function add(name, value) entry[#entry + 1] = name entry[#entry + 1] = value end
            if ARGV[12] ~= '' then add('latency_ms', ARGV[12]) end
            if ARGV[14] ~= '' then add('reason', ARGV[14]) end
            if previous ~= status then add('from', previous) end
            redis.call('XADD', KEYS[3], 'MAXLEN', '=', ARGV[9], '*', unpack(entry))
            redis.call('HSET', KEYS[4], service, table.concat(
              {confirmed, candidate, string.format('%d', count), since, fence, ARGV[4], previous, alert}, ' '))
            return {'recorded', previous, alert}
            """)

    /// Reads statuses with their lifetimes, by Redis' own clock. KEYS: statuses. Replies pairs of body, or nothing, and milliseconds left.
    static let readHealthStatuses = RedisScript(
        """
        local found = {}
        for i, key in ipairs(KEYS) do
          local kind = redis.call('TYPE', key).ok
          -- One damaged key must not hide the others.
          found[i] = {kind == 'string' and redis.call('GET', key) or kind == 'none' and '' or '?', redis.call('PTTL', key)}
        end
        return found
        """, access: .read)

    /// Puts services into the registry. Those that stand there in the same words are no news.
    ///
    /// KEYS: services, change stream, and of each service its status. ARGV: length of the change stream, and of each service its name, what
    /// stands in the registry, the name of the status' key, and what is said of a service that was never checked.
    static let registerServices = RedisScript(
        LuaLibrary.checks + """
            need(KEYS[1], 'hash') need(KEYS[2], 'stream')
            for i = 3, #KEYS do
              local at = 4 * (i - 3) + 2
              if redis.call('HGET', KEYS[1], ARGV[at]) ~= ARGV[at + 1] then
                local status = redis.pcall('GET', KEYS[i])
                if type(status) ~= 'string' then status = ARGV[at + 3] end
                redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[1], '*',
                  'topic', 'health', 'event', 'registered', 'key', ARGV[at + 2], 'value', status)
                redis.call('HSET', KEYS[1], ARGV[at], ARGV[at + 1])
              end
            end
            return 1
            """)

    /// Removes a service with everything that is known of it. KEYS: services, status, history, transitions, change stream. ARGV: service,
    /// length of the change stream, name of the status' key. Replies 1 when it was registered.
    static let forgetService = RedisScript(
        LuaLibrary.checks + """
            need(KEYS[1], 'hash') need(KEYS[4], 'hash') need(KEYS[5], 'stream')
            if redis.call('HGET', KEYS[1], ARGV[1]) then
              redis.call('XADD', KEYS[5], 'MAXLEN', '~', ARGV[2], '*',
                'topic', 'health', 'event', 'unregistered', 'key', ARGV[3], 'value', '')
            end
            redis.call('DEL', KEYS[2], KEYS[3])
            redis.call('HDEL', KEYS[4], ARGV[1])
            return redis.call('HDEL', KEYS[1], ARGV[1])
            """)
}

import CacheServices
import Hiredis

extension RedisScript {
    /// What a field of the hash of transitions reads.
    fileprivate static let course = """
        local course = '^(%a+) (%a+) (%d+) (%S+) (%d+) (%d+) (%a+) (%d+) (%S+) (%S.*)$'

        """

    /// Records one check of one service, on behalf of the holder of a lease.
    ///
    /// KEYS: lease, status, history, transitions, alerts, services, change stream.
    /// ARGV: 1 what the lease reads for its holder; 2 service; 3 fencing number; 4 number of the check under it; 5 status; 6 time;
    /// 7 body of the status; 8 its lifetime in milliseconds; 9 cap of the history; 10 cap of the alerts; 11 checks after which a change has
    /// lasted; 12 latency in milliseconds or nothing; 13 `1` for success; 14 reason or nothing; and for the alert, as they stand in JSON
    /// without quotes: 15 service, 16 reason or nothing; and for the change: 17 length of the change stream, 18 name of the status' key.
    ///
    /// The field of a service in the hash of transitions reads: status that is confirmed, status of the last checks, how many of them,
    /// time of the first of them, fencing number and number of the last check, status before it, how many changes have lasted, since when
    /// the confirmed status is so or `-`, name of the alert that the last check gave or `-`.
    /// Replies `fenced` when the lease is another's and `gone` when the service is not registered; else `recorded`, or `repeat` for a check
    /// that is there already, with the status before and the name of the alert.
    static let recordHealthCheck = RedisScript(
        LuaLibrary.checks + course + """
            need(KEYS[1], 'string') need(KEYS[2], 'string') need(KEYS[3], 'stream') need(KEYS[4], 'hash') need(KEYS[5], 'stream')
            need(KEYS[6], 'hash') need(KEYS[7], 'stream')
            if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {'fenced'} end
            -- It was unregistered while it was checked: its keys must not come back.
            if not redis.call('HGET', KEYS[6], ARGV[2]) then return {'gone'} end
            local service, fence, number, status, at = ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[5], ARGV[6]
            local state = redis.call('HGET', KEYS[4], service) or ''
            local confirmed, candidate, count, since, lastFence, lastNumber, previous, changes, changed, alerted = state:match(course)
            if not confirmed then confirmed, candidate, count, since, changes, changed = 'unknown', 'unknown', 0, at, 0, '-' end
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
              confirmed, changes, changed = candidate, tonumber(changes) + 1, since
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
              {confirmed, candidate, string.format('%d', count), since, fence, ARGV[4], previous, string.format('%d', changes), changed,
               alert}, ' '))
            return {'recorded', previous, alert}
            """)

    /// Brings to the shared record what a process saw and told while it had lost sight of Redis.
    ///
    /// KEYS: alerts, transitions, services.
    /// ARGV: 1 cap of the alerts; 2 how many changes; 3 who brings them; of each change its name, JSON, service, status, time, step, and `1` when it
    /// counts for all; then of each delivery the name of its alert, channel, result, attempts, time, detail.
    ///
    /// What is there already is passed by, whoever brought it. Where a change counts and nothing that was found later is known, people take
    /// the service for what they were told: so the next checks that find something else are told. Replies how many alerts and deliveries were
    /// added.
    static let shareLoneChanges = RedisScript(
        LuaLibrary.checks + course + """
            need(KEYS[1], 'stream') need(KEYS[2], 'hash') need(KEYS[3], 'hash')
            local seen = {}
            for _, entry in ipairs(redis.call('XREVRANGE', KEYS[1], '+', '-')) do
              local field = {}
              for i = 1, #entry[2], 2 do field[entry[2][i]] = entry[2][i + 1] end
              if field.kind == 'alert' and field.id then seen[field.id] = true end
              if field.kind == 'delivery' then
                local name = {field.id or '', field.channel or '', field.result or '', field.at or '', field.by or ''}
                seen[table.concat(name, '\\n')] = true
              end
            end
            local alerts, deliveries, news = 0, 0, {}
            local function add(...)
              redis.call('XADD', KEYS[1], 'MAXLEN', '=', ARGV[1], '*', ...)
            end
            local place = 4
            for _ = 1, tonumber(ARGV[2]) do
              local id, json, service, status, at, step, counts = unpack(ARGV, place, place + 6)
              place = place + 7
              if not seen[id] then
                seen[id] = true
                add('kind', 'alert', 'id', id, 'alert', json)
                alerts = alerts + 1
                local new = news[service] or {step = 0}
                new.step = math.max(new.step, tonumber(step))
                if counts == '1' then new.status, new.at = status, at end
                news[service] = new
              end
            end
            while place + 5 <= #ARGV do
              local id, channel, result, attempts, at, detail = unpack(ARGV, place, place + 5)
              place = place + 6
              local name = table.concat({id, channel, result, at, ARGV[3]}, '\\n')
              if not seen[name] then
                seen[name] = true
                add('kind', 'delivery', 'id', id, 'channel', channel, 'result', result, 'attempts', attempts, 'at', at, 'detail', detail,
                  'by', ARGV[3])
                deliveries = deliveries + 1
              end
            end
            for service, new in pairs(news) do
              if redis.call('HGET', KEYS[3], service) then
                local confirmed, candidate, count, since, fence, number, previous, changes, changed, alerted =
                  (redis.call('HGET', KEYS[2], service) or ''):match(course)
                if not confirmed then
                  confirmed, candidate, count, since, fence, number, previous, changes, changed, alerted =
                    'unknown', 'unknown', 0, '-', 0, 0, 'unknown', 0, '-', '-'
                end
                if new.status and changed < new.at then
                  -- Checks of before say nothing about now; those that found something else since then do.
                  if since <= new.at or candidate == new.status then candidate, count, since = new.status, 1, new.at end
                  confirmed, changed = new.status, new.at
                end
                redis.call('HSET', KEYS[2], service, table.concat(
                  {confirmed, candidate, count, since, fence, number, previous,
                   string.format('%d', math.max(tonumber(changes), new.step)), changed, alerted}, ' '))
              end
            end
            return {alerts, deliveries}
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

    /// Removes a service with everything that is known of it. KEYS: services, status, history, transitions, configured, change stream.
    /// ARGV: service, length of the change stream, name of the status' key. Replies 1 when it was registered.
    static let forgetService = RedisScript(
        LuaLibrary.checks + """
            need(KEYS[1], 'hash') need(KEYS[4], 'hash') need(KEYS[5], 'hash') need(KEYS[6], 'stream')
            if redis.call('HGET', KEYS[1], ARGV[1]) then
              redis.call('XADD', KEYS[6], 'MAXLEN', '~', ARGV[2], '*',
                'topic', 'health', 'event', 'unregistered', 'key', ARGV[3], 'value', '')
            end
            redis.call('DEL', KEYS[2], KEYS[3])
            redis.call('HDEL', KEYS[4], ARGV[1])
            redis.call('HDEL', KEYS[5], ARGV[1])
            return redis.call('HDEL', KEYS[1], ARGV[1])
            """)
}

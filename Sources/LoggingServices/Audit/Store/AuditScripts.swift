import CacheServices
import Hiredis

extension RedisScript {
    /// KEYS: events, writers, then the idempotency keys of the batch, each once.
    /// ARGV: writer, cap of the stream, `1` when the cap may remove events that others kept by a greater one, lifetime of idempotency keys in
    /// milliseconds, `1` when the batch was promised already and goes in whatever idempotency keys say, first sequence, hash before it,
    /// then for each event: hash, entry, place of its idempotency key in KEYS or 0, what is to be remembered of the request.
    /// Replies `ok` and a stream id for each event; `duplicate`, what is remembered of the key, and the ids of the events before it, which
    /// alone were written; or `lost` with the last sequence and hash that Redis knows of the writer, when nothing was written. The errors
    /// `DAMAGED` (the state of the writer cannot be read), `CAP` and `NOPERM` mean that nothing was written, too.
    static let appendAudit = RedisScript(named: "appendAudit", LuaLibrary.checks + appendAuditFunction + "return append(1, KEYS, ARGV)")

    /// `append(from, keys, arguments, isLook)` does it for the keys from a place on; as a look it writes nothing, and says `repeat` where
    /// the record is there already. The audited publish and the clearing use it too.
    static let appendAuditFunction = """
        local function append(from, keys, arguments, isLook)
          local events, writers = keys[from], keys[from + 1]
          need(events, 'stream') need(writers, 'hash')
          for i = from + 2, #keys do need(keys[i], 'string') end
          local writer, cap, shrinks, lifetime = arguments[1], arguments[2], arguments[3] == '1', arguments[4]
          local promised, first, previous = arguments[5] == '1', tonumber(arguments[6]), arguments[7]
          local count = (#arguments - 7) / 4
          local last, lastID, lastHash = 0, '', string.rep('0', 64)
          local state = redis.call('HGET', writers, writer)
          if state then
            last, lastID, lastHash = state:match('^(%d+) (%S+) (%x+)$')
            last = tonumber(last)
            if not last or last >= 9007199254740992 then return redis.error_reply('DAMAGED the state of the writer cannot be read') end
          end
          local repeats = last - first + 1
          local known = repeats == 0 and previous or arguments[4 + repeats * 4]
          if repeats < 0 or repeats > count or known ~= lastHash then return {'lost', last, lastHash} end
          local stop, remembered = count, nil
          if not promised then
            for i = repeats + 1, count do
              local place = tonumber(arguments[7 + i * 4 - 1])
              local value = place > 0 and redis.call('GET', keys[from + 1 + place])
              if value then stop, remembered = i - 1, value break end
            end
          end
          if stop > repeats then
            if not shrinks and redis.call('XLEN', events) > tonumber(cap) then
              return redis.error_reply('CAP the trail holds more events than the cap of this process')
            end
            -- An ACL that lets XADD pass and not what follows it would leave half of a step.
            local may = redis.acl_check_cmd
            if may and not (may('HSET', writers, 'f', 'v') and may('XADD', events, '*', 'f', 'v')) then
              return redis.error_reply('NOPERM the user may not do all of an append')
            end
            for i = from + 2, #keys do
              if may and not may('SET', keys[i], 'v') then return redis.error_reply('NOPERM the user may not do all of an append') end
            end
          end
          if isLook then
            if remembered then return {'duplicate', remembered} end
            return {repeats > 0 and 'repeat' or 'ok'}
          end
          local ids = {}
          if repeats > 0 then
            -- A repeat after an unknown outcome: its id is looked for from the end, where it almost always is.
            previous = lastHash
            for i = 1, repeats do ids[i] = '' end
            ids[repeats] = lastID
            local missing, upper = repeats - 1, '(' .. lastID
            local looked = 0
            while missing > 0 and looked < tonumber(cap) do
              local page = redis.call('XREVRANGE', events, upper, '-', 'COUNT', 500)
              if #page == 0 then break end
              for _, entry in ipairs(page) do
                local fields = {}
                for j = 1, #entry[2], 2 do fields[entry[2][j]] = entry[2][j + 1] end
                local seq = fields.writer == writer and tonumber(fields.seq)
                if seq and seq >= first and seq < last and ids[seq - first + 1] == '' then
                  ids[seq - first + 1] = entry[1]
                  missing = missing - 1
                end
              end
              looked = looked + #page
              upper = '(' .. page[#page][1]
            end
          end
          for i = repeats + 1, stop do
            local at = 7 + (i - 1) * 4
            local seq = string.format('%d', first + i - 1)
            local id = redis.call('XADD', events, 'MAXLEN', '=', cap, '*',
              'writer', writer, 'seq', seq, 'prev', previous, 'hash', arguments[at + 1], 'entry', arguments[at + 2])
            previous, ids[i] = arguments[at + 1], id
            local place = tonumber(arguments[at + 3])
            if place > 0 then
              redis.call('SET', keys[from + 1 + place], arguments[at + 4] .. ' ' .. id .. ' ' .. writer .. ' ' .. seq, 'PX', lifetime, 'NX')
            end
          end
          if stop > repeats then
            redis.call('HSET', writers, writer, string.format('%d', first + stop - 1) .. ' ' .. ids[stop] .. ' ' .. previous)
          end
          if remembered then return {'duplicate', remembered, unpack(ids)} end
          return {'ok', unpack(ids)}
        end

        """
}

/// Lua functions that several scripts start with.
package enum LuaLibrary {
    /// `need(key, type)` ends the script with WRONGTYPE, before its first write, when the key holds another type; `expected(key, how, bytes)`
    /// compares; `now()` is the server's clock in milliseconds.
    package static let checks = """
        local sizes = {string = 'STRLEN', list = 'LLEN', zset = 'ZCARD', hash = 'HLEN', stream = 'XLEN'}
        local function need(key, kind) redis.call(sizes[kind], key) end
        local function expected(key, how, bytes)
          if how == 'any' then return true end
          local present = redis.call('GET', key)
          if how == 'absent' then return not present end
          if how == 'unchanged' then return not present or present == bytes end
          return present == bytes
        end
        local function now()
          local time = redis.call('TIME')
          return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
        end

        """

    /// `instant(text)` is an ISO 8601 time in milliseconds since 1970, or nil; `signal(text)` decodes a stored signal and gives its
    /// instant and name, or nil for anything that is none; `precedes(t1, id1, t2, id2)` orders two signals; `newest(key, clock)` is the
    /// greatest readable one of a history.
    package static let signals = """
        local function instant(text)
          if type(text) ~= 'string' then return nil end
          local y, mo, d, h, mi, s, rest = text:match('^(%d%d%d%d)%-(%d%d)%-(%d%d)[Tt](%d%d):(%d%d):(%d%d)(.*)$')
          if not y then return nil end
          local fraction, zone = rest:match('^%.(%d+)(.*)$')
          zone = zone or rest
          local offset = 0
          if zone ~= 'Z' and zone ~= 'z' then
            local sign, oh, om = zone:match('^([+-])(%d%d):(%d%d)$')
            if not sign or tonumber(oh) > 23 or tonumber(om) > 59 then return nil end
            offset = (tonumber(oh) * 60 + tonumber(om)) * (sign == '-' and -1 or 1)
          end
          y, mo, d = tonumber(y), tonumber(mo), tonumber(d)
          h, mi, s = tonumber(h), tonumber(mi), tonumber(s)
          if mo < 1 or mo > 12 or d < 1 or h > 23 or mi > 59 or s > 59 then return nil end
          local isLeap = y % 4 == 0 and (y % 100 ~= 0 or y % 400 == 0)
          if d > (mo == 2 and (isLeap and 29 or 28) or (mo == 4 or mo == 6 or mo == 9 or mo == 11) and 30 or 31) then return nil end
          local shifted = mo <= 2 and y - 1 or y
          local era = math.floor(shifted / 400)
          local yearOfEra = shifted - era * 400
          local dayOfYear = math.floor((153 * (mo + (mo > 2 and -3 or 9)) + 2) / 5) + d - 1
          local dayOfEra = yearOfEra * 365 + math.floor(yearOfEra / 4) - math.floor(yearOfEra / 100) + dayOfYear
          local days = era * 146097 + dayOfEra - 719468
          local milliseconds = fraction and tonumber((fraction .. '00'):sub(1, 3)) or 0
          local at = ((days * 1440 + h * 60 + mi - offset) * 60 + s) * 1000 + milliseconds
          if at < -62135596800000 or at > 253402300799999 then return nil end
          return at
        end
        local function signal(text)
          local ok, value = pcall(cjson.decode, text)
          -- An empty array would decode to the same table as an empty object.
          if not ok or type(value) ~= 'table' or text:find('"features"%s*:%s*%[') or type(value.signal_id) ~= 'string' or type(value.symbol) ~= 'string'
            or (value.action ~= 'BUY' and value.action ~= 'SELL' and value.action ~= 'HOLD')
            or type(value.confidence) ~= 'number' or type(value.price) ~= 'number' or type(value.features) ~= 'table'
            or type(value.model_version) ~= 'string' or type(value.execution_latency_ms) ~= 'number' then
            return nil
          end
          if not (value.confidence >= 0 and value.confidence <= 1 and value.price > 0 and value.price < math.huge
            and value.execution_latency_ms >= 0 and value.execution_latency_ms <= 1e9)
            or #value.symbol > 32 or not value.symbol:find('^[A-Z0-9][A-Z0-9._/-]*$')
            or value.signal_id == '' or value.model_version == '' then
            return nil
          end
          for _, number in pairs(value.features) do
            if type(number) ~= 'number' then return nil end
          end
          local at = instant(value.timestamp)
          if not at then return nil end
          return at, value.signal_id
        end
        local function precedes(t1, id1, t2, id2)
          if t1 ~= t2 then return t1 < t2 end
          -- Byte by byte: Lua compares texts as the locale of the server says.
          for i = 1, math.min(#id1, #id2) do
            local b1, b2 = id1:byte(i), id2:byte(i)
            if b1 ~= b2 then return b1 < b2 end
          end
          return #id1 < #id2
        end
        local function newest(key, clock)
          local bestAt, bestID, best
          for _, text in ipairs(redis.call('LRANGE', key, 0, 99)) do
            local at, id = signal(text)
            if at and at <= clock + 300000 and (not bestAt or precedes(bestAt, bestID, at, id)) then
              bestAt, bestID, best = at, id, text
            end
          end
          return best
        end

        """
}

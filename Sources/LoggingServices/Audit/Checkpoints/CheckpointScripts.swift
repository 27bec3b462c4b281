import CacheServices
import Hiredis

extension RedisScript {
    /// Adds a checkpoint, if nothing has changed since it was prepared.
    ///
    /// Checkpoints beyond the cap go when nothing in the trail is as old as what they cover; until then more are kept than the cap says, but
    /// never more than the cap and one for each event of the trail.
    ///
    /// KEYS: checkpoints, lease, events. ARGV: token, or nothing for a checkpoint outside the lease; id of the checkpoint that it
    /// continues, or nothing; the last entry that it covers, or nothing for one that was there before and is put back; cap; body; signature
    /// or nothing.
    /// Replies `ok` and the id; `fenced` when the lease is not ours; `moved` when another checkpoint is the newest by now, or when the
    /// trail does not hold what the checkpoint speaks of.
    static let addCheckpoint = RedisScript(
        named: "addCheckpoint",
        LuaLibrary.checks + """
            need(KEYS[1], 'stream') need(KEYS[2], 'string') need(KEYS[3], 'stream')
            if ARGV[1] ~= '' then
              local held = redis.call('GET', KEYS[2])
              if not held or held:match('^(%S+) %d+$') ~= ARGV[1] then return {'fenced'} end
            end
            local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
            if (newest and newest[1] or '') ~= ARGV[2] then return {'moved'} end
            local first = redis.call('XRANGE', KEYS[3], '-', '+', 'COUNT', 1)[1]
            if ARGV[3] ~= '' and #redis.call('XRANGE', KEYS[3], ARGV[3], ARGV[3]) == 0 then
              -- It may have been trimmed meanwhile, but then everything in the stream is newer.
              if not first or #redis.call('XRANGE', KEYS[3], '-', ARGV[3], 'COUNT', 1) > 0 then return {'moved'} end
            end
            local function isBefore(one, other)
              local ms, seq = one:match('^(%d+)%-(%d+)$')
              local otherMs, otherSeq = other:match('^(%d+)%-(%d+)$')
              if ms ~= otherMs then return #ms < #otherMs or (#ms == #otherMs and ms < otherMs) end
              return #seq < #otherSeq or (#seq == #otherSeq and seq < otherSeq)
            end
            local length = redis.call('XLEN', KEYS[1]) + 1
            local excess = length - tonumber(ARGV[4])
            local mustGo = excess - redis.call('XLEN', KEYS[3])
            if excess > 0 then
              local going = 0
              for _, oldest in ipairs(redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', math.min(excess, 5))) do
                local covered
                for i = 1, #oldest[2], 2 do
                  if oldest[2][i] == 'body' then covered = oldest[2][i + 1]:match('"to":"(%d+%-%d+)"}$') end
                end
                if going >= mustGo and covered and first and not isBefore(covered, first[1]) then break end
                going = going + 1
              end
              length = length - going
            end
            local fields = {'body', ARGV[5]}
            if ARGV[6] ~= '' then fields[3], fields[4] = 'signature', ARGV[6] end
            return {'ok', redis.call('XADD', KEYS[1], 'MAXLEN', '=', string.format('%d', length), '*', unpack(fields))}
            """)

    /// Forgets the writers whose last event was trimmed long ago. KEYS: events, writers. ARGV: age in milliseconds.
    /// Replies how many.
    static let pruneAuditWriters = RedisScript(
        named: "pruneAuditWriters",
        LuaLibrary.checks + """
            need(KEYS[1], 'stream') need(KEYS[2], 'hash')
            local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
            if not first then return 0 end
            local function parts(id)
              local ms, seq = id:match('^(%d+)%-(%d+)$')
              return tonumber(ms), tonumber(seq)
            end
            local firstMs, firstSeq = parts(first[1])
            local border = now() - tonumber(ARGV[1])
            local states, pruned = redis.call('HGETALL', KEYS[2]), 0
            for i = 1, #states, 2 do
              local ms, seq = parts(states[i + 1]:match('^%d+ (%S+) %x+$') or '')
              if ms and ms < border and (ms < firstMs or (ms == firstMs and seq < firstSeq)) then
                redis.call('HDEL', KEYS[2], states[i])
                pruned = pruned + 1
              end
            end
            return pruned
            """)
}

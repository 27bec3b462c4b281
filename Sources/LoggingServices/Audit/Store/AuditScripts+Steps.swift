import CacheServices
import Hiredis

extension RedisScript {
    /// A signal and its event in one step.
    /// KEYS: the five of the publish, then those of the append. ARGV: the eleven of the publish, then those of an append of one record.
    /// Replies `published`, what happened to the latest and to the history, and the stream id of the event; `known` and the same two words
    /// when the history had the signal and nothing is to be recorded; and what an append replies when it does not record.
    static let publishAudited = RedisScript(
        named: "publishAudited",
        LuaLibrary.checks + LuaLibrary.signals + appendAuditFunction + "local function publish(KEYS, ARGV)\n" + publishSignalBody
            + """

            end
            local latest = {unpack(ARGV, 1, 11)}
            local event = {unpack(ARGV, 12)}
            need(KEYS[5], 'stream')
            local verdict = append(6, KEYS, event, true)
            if verdict.err or verdict[1] == 'lost' or verdict[1] == 'duplicate' then return verdict end
            local isRepeat = verdict[1] == 'repeat'
            -- A repeat was published with its event: what became of the signal since is nobody's to undo.
            local words = isRepeat and {'none', 'added'} or publish({unpack(KEYS, 1, 5)}, latest)
            if words.err then return words end
            if words[2] ~= 'added' and event[5] ~= '1' then return {'known', words[1], words[2]} end
            local recorded = append(6, KEYS, event)
            return {'published', words[1], words[2], recorded[2]}
            """)

    /// Forgets a writer whose last event is as its process knows it. KEYS: writers. ARGV: writer, last sequence, its hash.
    /// Replies -1 when it is forgotten; else the last sequence that Redis knows of it, and nothing is changed.
    static let retireAuditWriter = RedisScript(
        named: "retireAuditWriter",
        LuaLibrary.checks + """
            need(KEYS[1], 'hash')
            local state = redis.call('HGET', KEYS[1], ARGV[1])
            local last, _, hash = (state or ''):match('^(%d+) (%S+) (%x+)$')
            if last == ARGV[2] and hash == ARGV[3] then
              redis.call('HDEL', KEYS[1], ARGV[1])
              return -1
            end
            return math.min(tonumber(last) or 0, tonumber(ARGV[2]))
            """)

    /// The clearing: an append of one record that leaves nothing else, if nothing was added since a stream id.
    /// KEYS: events, writers. ARGV: the expected last stream id, then those of an append with the cap 1. Replies `moved` when something was.
    static let clearAudit = RedisScript(
        named: "clearAudit",
        LuaLibrary.checks + appendAuditFunction + """
            need(KEYS[1], 'stream')
            local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
            local event = {unpack(ARGV, 2)}
            local verdict = append(1, KEYS, event, true)
            if verdict.err then return verdict end
            if verdict[1] == 'ok' and (newest[1] and newest[1][1] or '0-0') ~= ARGV[1] then return {'moved'} end
            return append(1, KEYS, event)
            """)
}

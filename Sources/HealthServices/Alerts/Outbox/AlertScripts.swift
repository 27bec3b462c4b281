import CacheServices
import Hiredis

extension RedisScript {
    /// Adds the alerts of events of the audit trail, once, whoever reads it at the same time.
    ///
    /// KEYS: alerts, cursor. ARGV: the bytes that the cursor is expected to have, or nothing for no cursor; where it goes; cap; then identity
    /// and JSON of each alert. Replies 1, or 0 when the cursor is somewhere else; then nothing was written.
    static let addRiskAlerts = RedisScript(
        LuaLibrary.checks + """
            need(KEYS[1], 'stream') need(KEYS[2], 'string')
            if (redis.call('GET', KEYS[2]) or '') ~= ARGV[1] then return 0 end
            redis.call('SET', KEYS[2], ARGV[2])
            for i = 4, #ARGV, 2 do
              redis.call('XADD', KEYS[1], 'MAXLEN', '=', ARGV[3], '*', 'kind', 'alert', 'id', ARGV[i], 'alert', ARGV[i + 1])
            end
            return 1
            """)
}

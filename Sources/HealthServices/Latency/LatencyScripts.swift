import CacheServices
import Hiredis

extension RedisScript {
    /// KEYS: number of the writer's last batch, stream. ARGV: number of this batch, length of the stream, how long the number is kept in
    /// milliseconds; for each entry timestamp, service, operation, latency, success, and metadata or nothing.
    /// A batch that is there already changes nothing.
    static let addLatency = RedisScript(
        LuaLibrary.checks + """
            need(KEYS[1], 'string') need(KEYS[2], 'stream')
            if (tonumber(redis.call('GET', KEYS[1]) or 0) or 0) >= tonumber(ARGV[1]) then return 0 end
            local call, stream = redis.call, KEYS[2]
            for i = 4, #ARGV, 6 do
              if ARGV[i + 5] == '' then
                call('XADD', stream, '*', 'timestamp', ARGV[i], 'service', ARGV[i + 1], 'operation', ARGV[i + 2],
                  'latency_ms', ARGV[i + 3], 'success', ARGV[i + 4])
              else
                call('XADD', stream, '*', 'timestamp', ARGV[i], 'service', ARGV[i + 1], 'operation', ARGV[i + 2],
                  'latency_ms', ARGV[i + 3], 'success', ARGV[i + 4], 'metadata', ARGV[i + 5])
              end
            end
            call('XTRIM', stream, 'MAXLEN', '=', ARGV[2])
            -- Last: a server that takes no writes, or a stream whose identities are used up, has refused the first entry by now.
            call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
            return 1
            """)
}

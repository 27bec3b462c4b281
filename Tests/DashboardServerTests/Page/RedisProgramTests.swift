import Hiredis
import Testing

@testable import DashboardServer

@Suite struct RedisProgramTests {
    @Test(arguments: [
        ("redis://127.0.0.1:6379/0", "redis-cli"), ("redis://localhost:6380/2", "redis-cli -p 6380 -n 2"),
        ("redis://desk:secret@redis.internal:6379/0", "redis-cli -h redis.internal --user desk"),
        ("rediss://:secret@10.0.0.5:6390/0", "redis-cli -h 10.0.0.5 -p 6390 --tls"),
        ("unix:///run/redis.sock?db=3", "redis-cli -s /run/redis.sock -n 3"),
        ("unix:///tmp/it's%20here;x?db=0", #"redis-cli -s '/tmp/it'\''s here;x'"#),
    ])
    func `redis-cli is told where Redis is, and no password`(url: String, line: String) throws {
        #expect(RedisProgram.line(for: try RedisConfiguration(url: url)) == line)
    }
}

@testable import Hiredis
import Testing

@Suite struct RedisServerInfoTests {
    private static let info = """
        # Server\r
        redis_version:7.0.15\r
        redis_mode:standalone\r
        run_id:0123456789abcdef\r
        # Memory\r
        used_memory:1048576\r
        maxmemory:0\r
        maxmemory_policy:noeviction\r
        # Persistence\r
        aof_enabled:1\r
        # Replication\r
        role:master\r

        """

    @Test func `reads version, role, memory and persistence`() {
        let info = RedisServerInfo(info: Self.info, settings: ["appendfsync": "always", "save": ""])
        #expect(info.version == "7.0.15")
        #expect(info.runID == "0123456789abcdef")
        #expect(info.role == .master)
        #expect(info.durability == .aofAlways)
        #expect(info.evictionPolicy == "noeviction")
        #expect(info.maximumMemory == 0)
        #expect(info.usedMemory == 1_048_576)
        #expect(info.warnings.isEmpty)
    }

    @Test(arguments: [
        "", "#", ":", "no colon\r\n", "role:\r\naof_enabled:x\r\n", "\0\u{1}:\r\n\n\r",
        "redis_version:\r\nused_memory:99999999999999999999",
    ])
    func `takes anything for an answer`(text: String) {
        let info = RedisServerInfo(info: text, settings: nil)
        #expect(info.role == .unknown)
        #expect(info.durability == .unknown)
        #expect(info.usedMemory == nil)
        #expect(info.warnings == [.settingsUnreadable])
    }

    @Test(
        arguments: [
            ("role:master", .master), ("role:slave", .replica), ("redis_mode:sentinel", .sentinel),
            ("role:master\nredis_mode:sentinel", .sentinel),
            ("role:other", .unknown),
        ] as [(String, RedisServerInfo.Role)])
    func `reads the role`(text: String, role: RedisServerInfo.Role) {
        #expect(RedisServerInfo(info: text, settings: nil).role == role)
    }

    @Test(
        arguments: [
            (true, ["appendfsync": "always", "save": ""], .aofAlways),
            (true, ["appendfsync": "everysec", "save": "3600 1"], .aofEverySecond),
            (true, ["appendfsync": "no", "save": ""], .aofNo), (true, nil, .unknown), (true, ["appendfsync": "new"], .unknown),
            (false, ["appendfsync": "everysec", "save": "3600 1"], .rdb), (false, ["appendfsync": "everysec", "save": ""], .none),
            (false, ["appendfsync": "always"], .unknown), (false, nil, .unknown), (nil, ["appendfsync": "always", "save": ""], .unknown),
        ] as [(Bool?, [String: String]?, RedisDurability)])
    func `tells what survives a crash`(isAppendOnly: Bool?, settings: [String: String]?, durability: RedisDurability) {
        #expect(RedisDurability(isAppendOnly: isAppendOnly, settings: settings) == durability)
    }

    @Test(arguments: [
        ("6.0.16", true), ("6.1.999", true), ("6.2.0", false), ("6.10", false), ("7.0.15", false), ("10.0", false), ("5.0", true),
        ("255.x", false),
        ("7", false), ("", false),
    ])
    func `warns of a server before 6.2`(version: String, isTooOld: Bool) {
        var info = RedisServerInfo()
        info.version = version
        info.durability = .aofAlways
        #expect(info.warnings == (isTooOld ? [.tooOld] : []))
    }

    @Test func `warns of settings that break a promise, in order of importance`() {
        var info = RedisServerInfo()
        info.role = .replica
        info.version = "5.0.0"
        info.durability = .rdb
        info.evictionPolicy = "allkeys-lru"
        #expect(info.warnings == [.isReplica, .tooOld, .noAppendOnlyFile, .evicts])
        info.durability = .unknown
        #expect(info.warnings == [.isReplica, .tooOld, .evicts, .settingsUnreadable])
        #expect(Set(RedisServerInfo.Warning.allCases.map(\.sentence)).count == RedisServerInfo.Warning.allCases.count)
    }
}

@testable import Hiredis
import Testing

@Suite struct RedisCommandTests {
    @Test(
        arguments: [
            (RedisCommand("PING"), "*1\r\n$4\r\nPING\r\n"),
            (RedisCommand("SET", ["k", .bytes(Array("a\r\n\0b".utf8))]), "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5\r\na\r\n\0b\r\n"),
            (RedisCommand("ECHO", [.text("")]), "*2\r\n$4\r\nECHO\r\n$0\r\n\r\n"),
            (RedisCommand("ECHO", [.bytes([])]), "*2\r\n$4\r\nECHO\r\n$0\r\n\r\n"),
            (RedisCommand("ECHO", ["é🔑"]), "*2\r\n$4\r\nECHO\r\n$6\r\né🔑\r\n"),
            (RedisCommand("INCRBY", ["n", .integer(Int64.min)]), "*3\r\n$6\r\nINCRBY\r\n$1\r\nn\r\n$20\r\n-9223372036854775808\r\n"),
            (RedisCommand(""), "*1\r\n$0\r\n\r\n"),
        ] as [(RedisCommand, Wire)])
    func `delimits every argument by its length`(command: RedisCommand, wire: Wire) {
        #expect(command.encoded == wire.bytes)
    }

    @Test func `encodes many and large arguments`() {
        let arguments = (0..<10_000).map { RedisArgument.integer($0) }
        #expect(RedisCommand("DEL", arguments).encoded.starts(with: Array("*10001\r\n$3\r\nDEL\r\n$1\r\n0\r\n".utf8)))
        let large = RedisCommand("SET", ["k", .bytes([UInt8](repeating: 0xff, count: 8 << 20))])
        #expect(large.encoded.count == (8 << 20) + "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$8388608\r\n\r\n".utf8.count)
    }

    @Test(arguments: [
        ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"), ("return 1", "e0e1f9fabfc9d4800c877a703b823ac0578ff8db"),
        ("return redis.call('get', KEYS[1])", "4e6d8fc8bb01276962cce5371fa795a7763657ae"),
    ])
    func `names a script by the SHA-1 of its source`(source: String, sha1: String) {
        #expect(RedisScript(source).sha1 == sha1)
        #expect(RedisScript(source) == RedisScript(source, access: .read))
    }
}

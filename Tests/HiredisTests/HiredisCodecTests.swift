@testable import Hiredis
import Testing
import RedisTesting

@Suite struct HiredisCodecTests {
    static let wellFormed: [(Wire, [RedisReply])] = [
        ("+OK\r\n", [.status("OK")]),
        ("+\r\n", [.status("")]),
        (":0\r\n:-1\r\n:9223372036854775807\r\n", [.integer(0), .integer(-1), .integer(.max)]),
        (":-9223372036854775808\r\n", [.integer(.min)]),
        ("$5\r\nhello\r\n", [.bulk(Array("hello".utf8))]),
        ("$0\r\n\r\n", [.bulk([])]),
        ("$8\r\n\r\n+OK\r\n\0\r\n", [.bulk(Array("\r\n+OK\r\n\0".utf8))]),
        ("$-1\r\n*-1\r\n", [.null, .null]),
        ("*0\r\n", [.array([])]),
        ("*2\r\n*0\r\n*1\r\n$-1\r\n", [.array([.array([]), .array([.null])])]),
        ("-ERR no\r\n", [.error(RedisServerError("ERR no"))]),
        ("*3\r\n:1\r\n-WRONGTYPE x\r\n+after\r\n", [.array([.integer(1), .error(RedisServerError("WRONGTYPE x")), .status("after")])]),
        ("*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:7\r\n", [nested(7, .integer(7))]),
        ("+a\r\n$1\r\nb\r\n*1\r\n:3\r\n", [.status("a"), .bulk([0x62]), .array([.integer(3)])]),
    ]

    private static func nested(_ levels: Int, _ inner: RedisReply) -> RedisReply {
        (0..<levels).reduce(inner) { reply, _ in .array([reply]) }
    }

    @Test(arguments: wellFormed)
    func `reads what is fed whole, byte by byte, and cut anywhere`(wire: Wire, replies: [RedisReply]) throws {
        #expect(try feed([wire.bytes]) == replies)
        #expect(try feed(wire.bytes.map { [$0] }) == replies)
        let bytes = wire.bytes
        for cut in 0...bytes.count {
            #expect(try feed([Array(bytes[..<cut]), Array(bytes[cut...])]) == replies)
        }
        #expect(try feed([repeated(bytes, 3000)]).count == 3000 * replies.count)
    }

    @Test(arguments: [
        "*2147483647\r\n", "*2147483648\r\n", "*9223372036854775807\r\n", "*18446744073709551616\r\n", "*-2\r\n", "*-5\r\n", "*abc\r\n",
        "*\r\n",
        "$-2\r\n", "$abc\r\n", "$\r\n", "$99999999999999999999\r\n", ":\r\n", ":abc\r\n", ":9223372036854775808\r\n", ":1 \r\n",
        "hello\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n", "\0\0\0\0", "\r\n", "\u{16}\u{3}\u{1}", "*1\r\nhello\r\n", "*1048577\r\n",
        "*2\r\n*1048575\r\n", Wire(String(repeating: "*1\r\n", count: 8)), Wire(String(repeating: "*1\r\n", count: 1000)),
    ])
    func `refuses garbage and impossible lengths`(wire: Wire) {
        #expect(refusal(of: [wire.bytes])?.code == .protocolViolation)
        #expect(refusal(of: wire.bytes.map { [$0] })?.code == .protocolViolation)
    }

    @Test(arguments: [
        "%1\r\n+a\r\n+b\r\n", "~1\r\n+a\r\n", ">2\r\n+invalidate\r\n*1\r\n+k\r\n", "|1\r\n+ttl\r\n:3\r\n+value\r\n", "_\r\n", "#t\r\n",
        ",1.5\r\n",
        "(3492890328409238509324850943850943825024385\r\n", "=7\r\ntxt:abc\r\n", "!5\r\nERROR\r\n", "*1\r\n#t\r\n", "*2\r\n_\r\n:1\r\n",
        "*1\r\n%0\r\n", "%0\r\n", "~0\r\n", ">0\r\n", "$?\r\n;1\r\na\r\n;0\r\n", "*?\r\n.\r\n",
    ])
    func `refuses the types of RESP3, which nobody asked for`(wire: Wire) {
        #expect(refusal(of: [wire.bytes])?.code == .protocolViolation)
    }

    @Test func `gives the whole replies that came before the garbage`() throws {
        let codec = try #require(HiredisCodec(limits: ReplyLimits()))
        var replies: [RedisReply] = []
        #expect(throws: RedisError.self) { try codec.feed("+one\r\n:2\r\ngarbage\r\n", into: &replies) }
        #expect(replies == [.status("one"), .integer(2)])
        #expect(throws: RedisError.self) { try codec.feed("+later\r\n", into: &replies) }
        #expect(replies.count == 2)
    }

    @Test func `takes a bulk just below the bound and a long error text`() throws {
        let limits = ReplyLimits(maximumBytes: 1 << 20)
        let body = [UInt8](repeating: 0x61, count: (1 << 20) - 12)
        let wire = Array("$\(body.count)\r\n".utf8) + body + Array("\r\n".utf8)
        #expect(wire.count <= limits.maximumBytes)
        #expect(try feed([wire + wire + wire], limits: limits) == [.bulk(body), .bulk(body), .bulk(body)])
        let text = "ERR " + String(repeating: "x", count: 60_000)
        #expect(try feed(["-\(text)\r\n"]) == [.error(RedisServerError(text))])
    }

    @Test func `keeps no bound over many replies together`() throws {
        let limits = ReplyLimits(maximumElements: 10, maximumBytes: 20 << 10)
        let wire = Array("*10\r\n".utf8) + Array(String(repeating: ":1\r\n", count: 10).utf8)
        let replies = try feed([repeated(wire, 10_000)], limits: limits)
        #expect(replies.count == 10_000)
    }

    @Test(arguments: [0xfeed, 0xbeef, 0xcafe] as [UInt64])
    func `survives random bytes and mutated replies`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let telling = Array("*$:+-0192\r\n".utf8)
        let samples = Self.wellFormed.map { $0.0.bytes }
        for _ in 0..<3000 {
            var bytes = samples.randomElement(using: &random) ?? []
            for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
                let index = bytes.indices.randomElement(using: &random) ?? 0
                bytes[index] = Bool.random(using: &random) ? .random(in: 0...255, using: &random) : telling[index % telling.count]
            }
            _ = refusal(of: [bytes])
        }
    }

    // MARK: Feeding

    private func repeated(_ bytes: [UInt8], _ count: Int) -> [UInt8] {
        Array([[UInt8]](repeating: bytes, count: count).joined())
    }

    private func feed(_ pieces: [String]) throws(RedisError) -> [RedisReply] { try feed(pieces.map { Array($0.utf8) }) }

    private func feed(_ pieces: [[UInt8]], limits: ReplyLimits = ReplyLimits()) throws(RedisError) -> [RedisReply] {
        guard let codec = HiredisCodec(limits: limits) else { return [] }
        var replies: [RedisReply] = []
        for piece in pieces { try codec.feed(piece, into: &replies) }
        return replies
    }

    private func refusal(of pieces: [[UInt8]]) -> RedisError? {
        do {
            _ = try feed(pieces)
            return nil
        } catch {
            return error
        }
    }
}

extension HiredisCodec {
    func feed(_ bytes: [UInt8], into replies: inout [RedisReply]) throws(RedisError) {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        defer { copy.deallocate() }
        copy.copyBytes(from: bytes)
        try feed(UnsafeRawBufferPointer(copy), into: &replies)
    }

    func feed(_ text: String, into replies: inout [RedisReply]) throws(RedisError) {
        try feed(Array(text.utf8), into: &replies)
    }
}

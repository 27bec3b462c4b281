import RedisTesting
import Testing

@testable import Hiredis

/// The reply decoder, libhiredis' reader and all, against whatever a server may send.
@Suite(.timeLimit(.minutes(30))) struct ReplyFuzzTests {
    private static let seeds =
        HiredisCodecTests.wellFormed.map(\.0.bytes)
        + [
            "*2147483647\r\n", "*-1\r\n", "$-1\r\n", "$5\r\nhel", "*3\r\n$3\r\nabc\r\n:5\r\n", "%1\r\n+a\r\n+b\r\n", "_\r\n", "#t\r\n",
            ",1.5\r\n",
            "(1\r\n", "$67108864\r\nx", "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n", "-\r\n", "+\n", ":\r\n", "*0\r\n*0\r\n",
        ].map { Array($0.utf8) }
    private static let words = [
        "*", "$", ":", "+", "-", "\r", "*2147483647\r\n", "$2147483647\r\n", "*1\r\n", "$0\r\n\r\n", "*1048577\r\n",
    ]

    private struct Outcome: Equatable {
        var replies: [RedisReply] = []
        var isRefused = false
    }

    private func read(_ pieces: [ArraySlice<UInt8>], limits: ReplyLimits = ReplyLimits()) throws -> Outcome {
        let codec = try #require(HiredisCodec(limits: limits))
        var outcome = Outcome()
        for piece in pieces {
            do {
                try codec.feed(Array(piece), into: &outcome.replies)
            } catch {
                outcome.isRefused = true
                return outcome
            }
        }
        return outcome
    }

    @Test func `what is read does not depend on how it was cut`() throws {
        var random = SeededGenerator(seed: 2)
        for input in FuzzInputs(Self.seeds, words: Self.words) {
            let whole = try read([input[...]])
            let bytewise = try read(input.indices.map { input[$0...$0] })
            #expect(whole == bytewise, "\(input.fuzzed)")
            var (pieces, start) = ([ArraySlice<UInt8>](), 0)
            while start < input.count {
                let end = min(input.count, start + Int.random(in: 1...16, using: &random))
                pieces.append(input[start..<end])
                start = end
            }
            #expect(try read(pieces) == whole, "\(input.fuzzed)")
        }
    }

    @Test func `a reply that was written is read as it was`() throws {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<FuzzInputs.count {
            let replies = (0...Int.random(in: 0...3, using: &random)).map { _ in Self.reply(&random, depth: 0) }
            let wire = replies.flatMap(Self.wire)
            let cut = Int.random(in: 0...wire.count, using: &random)
            #expect(try read([wire[..<cut], wire[cut...]]) == Outcome(replies: replies), "\(wire.fuzzed)")
        }
    }

    /// Whatever is announced costs nothing before it is there.
    @Test func `bounds hold, and a refused reply has cost little`() throws {
        let limits = ReplyLimits(maximumElements: 50, maximumDepth: 4, maximumBytes: 16 << 10)
        let before = ResidentMemory.bytes ?? 0
        for input in FuzzInputs(Self.seeds, words: Self.words, seed: 4) {
            for reply in try read([input[...]], limits: limits).replies {
                let (elements, depth) = Self.size(of: reply)
                #expect(elements <= 50 && depth <= 4, "\(input.fuzzed)")
            }
        }
        #expect((ResidentMemory.bytes ?? 0) - before < 64 << 20)
    }

    @Test func `a command's arguments are what arrives, whatever bytes they have`() throws {
        for input in FuzzInputs(Self.seeds, words: Self.words, seed: 5) {
            let wire = try #require(HiredisCodec.encode("SET", [.bytes(input), .text("k")]))
            #expect(try read([wire[...]]).replies == [.array([.bulk(Array("SET".utf8)), .bulk(input), .bulk(Array("k".utf8))])])
        }
    }

    private static func size(of reply: RedisReply) -> (elements: Int, depth: Int) {
        guard case .array(let inner) = reply else { return (0, 0) }
        let sizes = inner.map(size)
        return (inner.count + sizes.map(\.elements).reduce(0, +), 1 + (sizes.map(\.depth).max() ?? 0))
    }

    private static func reply(_ random: inout SeededGenerator, depth: Int) -> RedisReply {
        func bytes(_ count: Int, _ random: inout SeededGenerator) -> [UInt8] {
            (0..<count).map { _ in .random(in: 0...255, using: &random) }
        }
        switch Int.random(in: 0...(depth < 6 ? 6 : 4), using: &random) {
        case 0: return .integer(Int64.random(in: .min ... .max, using: &random))
        case 1: return .null
        case 2: return .status("OK \(UInt32.random(in: 0...9, using: &random))")
        case 3: return .error(RedisServerError("ERR \(UInt32.random(in: 0...9, using: &random))"))
        case 4: return .bulk(bytes(Int.random(in: 0...40, using: &random), &random))
        default:
            let count = Int.random(in: 0...3, using: &random)
            return .array((0..<count).map { _ in reply(&random, depth: depth + 1) })
        }
    }

    /// The protocol, written down once more.
    private static func wire(_ reply: RedisReply) -> [UInt8] {
        switch reply {
        case .integer(let value): Array(":\(value)\r\n".utf8)
        case .null: Array("$-1\r\n".utf8)
        case .status(let text): Array("+\(text)\r\n".utf8)
        case .error(let error): Array("-\(error.text)\r\n".utf8)
        case .bulk(let bytes): Array("$\(bytes.count)\r\n".utf8) + bytes + Array("\r\n".utf8)
        case .array(let elements): Array("*\(elements.count)\r\n".utf8) + elements.flatMap(wire)
        }
    }
}

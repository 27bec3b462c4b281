@testable import Hiredis
import RedisTesting
import Testing

extension Live {
    /// Among the tests that run one at a time, because they look at the memory of the whole process.
    @Suite struct ReplyBoundTests {
        private let chunk = 64 << 10

        @Test(arguments: ["$536870912\r\n", "$9223372036854775807\r\n", "$9223372036854775806\r\n", "*3\r\n$1\r\na\r\n$70000000\r\n"])
        func `drops an endless bulk at the bound`(head: Wire) throws {
            let limits = ReplyLimits(maximumBytes: 4 << 20)
            let before = ResidentMemory.bytes
            let fed = try bytesUntilRefusal(head: head, filler: 0x61, limits: limits)
            #expect((limits.maximumBytes...limits.maximumBytes + 2 * chunk).contains(fed))
            if let before, let after = ResidentMemory.bytes { #expect(after - before < 50 << 20) }
        }

        @Test func `drops an endless bulk at 64 MB by default`() throws {
            let fed = try bytesUntilRefusal(head: "$536870912\r\n", filler: 0, limits: ReplyLimits())
            #expect(((64 << 20)...(64 << 20) + 2 * chunk).contains(fed))
        }

        @Test(arguments: ["+", "-", ":", "$", "*", "*1\r\n+"])
        func `drops an endless line long before the bound`(head: Wire) throws {
            #expect(try bytesUntilRefusal(head: head, filler: 0x31, limits: ReplyLimits()) < 1 << 20)
        }

        private func bytesUntilRefusal(head: Wire, filler: UInt8, limits: ReplyLimits) throws -> Int {
            let codec = try #require(HiredisCodec(limits: limits))
            let filler = [UInt8](repeating: filler, count: chunk)
            var replies: [RedisReply] = []
            var fed = head.bytes.count
            try codec.feed(head.bytes, into: &replies)
            while fed < 1 << 30 {
                fed += chunk
                do throws(RedisError) { try codec.feed(filler, into: &replies) } catch { break }
            }
            #expect(replies.isEmpty)
            return fed
        }
    }
}

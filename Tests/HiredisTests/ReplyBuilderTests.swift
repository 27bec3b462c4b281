@testable import Hiredis
import Testing

@Suite struct ReplyBuilderTests {
    /// A macro cannot change what it looks at, so this wraps the builder.
    private final class Building {
        private var builder: ReplyBuilder
        init(_ limits: ReplyLimits) { builder = ReplyBuilder(limits: limits) }
        func value(_ reply: RedisReply) { builder.value(reply) }
        func array(count: Int) -> Bool { builder.array(count: count) }
        func take() -> RedisReply? { builder.take() }
    }

    @Test func `assembles arrays depth first`() {
        let builder = Building(ReplyLimits())
        #expect(builder.array(count: 3))
        builder.value(.integer(1))
        #expect(builder.array(count: 2))
        builder.value(.null)
        #expect(builder.array(count: 0))
        #expect(builder.take() == nil)
        builder.value(.status("end"))
        #expect(builder.take() == .array([.integer(1), .array([.null, .array([])]), .status("end")]))
        #expect(builder.take() == nil)
    }

    @Test func `counts the elements of all levels together and anew for each reply`() {
        let builder = Building(ReplyLimits(maximumElements: 4))
        for _ in 0..<3 {
            #expect(builder.array(count: 2))
            #expect(builder.array(count: 2))
            for number in 1...3 { builder.value(.integer(Int64(number))) }
            #expect(builder.take() == .array([.array([.integer(1), .integer(2)]), .integer(3)]))
        }
        #expect(builder.array(count: 2))
        #expect(!builder.array(count: 3))
    }

    @Test(arguments: [Int.min, -1, 5, Int.max])
    func `refuses an impossible length before any memory is spent`(count: Int) {
        let builder = Building(ReplyLimits(maximumElements: 4))
        #expect(!builder.array(count: count))
    }

    @Test func `refuses more levels than allowed`() {
        let builder = Building(ReplyLimits(maximumDepth: 3))
        for _ in 0..<3 { #expect(builder.array(count: 1)) }
        #expect(!builder.array(count: 1))
        #expect(!builder.array(count: 0))
    }
}

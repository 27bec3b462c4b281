import NIOCore
import Testing

@testable import DashboardServer

@Suite struct ConnectionClockTests {
    private static func at(_ seconds: Int64) -> NIODeadline { .uptimeNanoseconds(0) + .seconds(1000 + seconds) }

    private func clock(isTLS: Bool = false) -> ConnectionClock { ConnectionClock(ConnectionLimits(), isTLS: isTLS, now: Self.at(0)) }

    @Test func `a silent connection has the time of idleness, a handshake that of a head`() {
        #expect(clock().deadline == Self.at(60))
        var secure = clock(isTLS: true)
        #expect(secure.deadline == Self.at(10))
        secure.shookHands(at: Self.at(5))
        #expect(secure.deadline == Self.at(65))
    }

    @Test func `however slowly a head comes, its time counts from its first byte, and that of the request too`() {
        var clock = clock()
        for second in [20, 22, 29] { clock.cameIncomplete(at: Self.at(Int64(second))) }
        #expect(clock.deadline == Self.at(30))
        #expect(clock.isWaiting)
        clock.headCame(at: Self.at(29))
        #expect(!clock.isWaiting)
        #expect(clock.deadline == Self.at(35))
        clock.requestEnded()
        #expect(clock.deadline == nil)
        clock.answered(at: Self.at(90))
        #expect(clock.deadline == Self.at(150))
    }

    @Test func `a request that was sent ahead has its time from when its turn comes`() {
        var clock = clock()
        clock.headCame(at: Self.at(0))
        clock.requestEnded()
        clock.headCame(at: Self.at(1))
        #expect(clock.deadline == nil)
        clock.answered(at: Self.at(50))
        #expect(clock.deadline == Self.at(65))
    }

    @Test func `after something that is no HTTP the client has a moment, counted from the answer`() {
        var clock = clock()
        clock.headCame(at: Self.at(0))
        clock.requestEnded()
        clock.failed(at: Self.at(1))
        #expect(clock.deadline == nil)
        clock.answered(at: Self.at(20))
        #expect(clock.deadline == Self.at(21))
        clock.answered(at: Self.at(21))
        #expect(clock.isWaiting)
    }
}

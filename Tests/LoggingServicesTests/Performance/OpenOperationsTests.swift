import CacheServices
import TestTurns
import Testing

@testable import LoggingServices

@Suite(.takesTurns) struct OpenOperationsTests {
    private let start = ContinuousClock.now

    @Test func `an operation ends once`() {
        var open = OpenOperations(capacity: 10)
        let (id, givenUp) = open.start("a", at: start)
        #expect(givenUp == nil)
        #expect(open.end(id)?.operation == "a")
        #expect(open.end(id) == nil)
        var other = OpenOperations(capacity: 10)
        #expect(other.end(open.start("b", at: start).id) == nil)
    }

    @Test func `the oldest makes room`() {
        var open = OpenOperations(capacity: 2)
        let first = open.start("a", at: start).id
        let second = open.start("b", at: start + .seconds(1)).id
        _ = open.end(first)
        #expect(open.start("c", at: start + .seconds(2)).givenUp == nil)
        #expect(open.start("d", at: start + .seconds(3)).givenUp?.operation == "b")
        #expect(open.end(second) == nil)
        #expect(open.count == 2)
    }

    @Test func `the open ones are listed by age`() {
        var open = OpenOperations(capacity: 10)
        let ids = (0..<5).map { open.start("a", at: start + .seconds($0)).id }
        _ = open.end(ids[1])
        let listed = open.open(for: .seconds(7), at: start + .seconds(10))
        #expect(listed.map(\.id) == [ids[0], ids[2], ids[3]])
        #expect(listed.map(\.age) == [.seconds(10), .seconds(8), .seconds(7)])
    }

    @Test func `behind one that never ends, the ended ones do not pile up`() {
        var open = OpenOperations(capacity: 1000)
        _ = open.start("stuck", at: start)
        for _ in 0..<100_000 { _ = open.end(open.start("a", at: start).id) }
        #expect(open.count == 1)
        #expect(open.order.count <= 65)
    }
}

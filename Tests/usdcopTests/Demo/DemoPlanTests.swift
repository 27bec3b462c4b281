import CacheServices
import Testing

@testable import usdcop

@Suite("The plan of a demo")
struct DemoPlanTests {
    private func state(seed: UInt64, step: Int, isOwn: Bool = true) -> DemoState { DemoState(seed: seed, step: step, isOwn: isOwn) }

    @Test func `what it knows of itself can be read again`() {
        let state = state(seed: 9_007_199_254_740_991, step: 123_456, isOwn: false)
        #expect(DemoState(stored: state.json) == state)
        for text in ["", "{}", "[]", "x", #"{"by":"somebody","model":1,"own":true,"seed":1,"step":2}"#, #"{"by":"usdcop demo","seed":-1}"#]
        {
            #expect(DemoState(stored: Array(text.utf8)) == nil)
        }
    }

    @Test func `an empty namespace is a demo's own, and nothing else is without a sign`() {
        #expect(DemoPlan(seed: nil, speed: 1, standing: .empty).isOwn)
        #expect(!DemoPlan(seed: nil, speed: 1, standing: .foreign).isOwn)
        #expect(!DemoPlan(seed: nil, speed: 1, standing: .away).isOwn)
        #expect(DemoPlan(seed: nil, speed: 1, standing: .demo(state(seed: 1, step: 9000))).isOwn)
        #expect(!DemoPlan(seed: nil, speed: 1, standing: .demo(state(seed: 1, step: 9000, isOwn: false))).isOwn)
    }

    @Test func `it goes on where the demo before stopped, unless another seed is asked for`() {
        let before = DemoNamespace.Standing.demo(state(seed: 5, step: 9000))
        #expect(DemoPlan(seed: nil, speed: 1, standing: before).seed == 5)
        #expect(DemoPlan(seed: nil, speed: 1, standing: before).resumed == 9000)
        #expect(DemoPlan(seed: 5, speed: 2, standing: before).resumed == 9000)
        #expect(DemoPlan(seed: 6, speed: 1, standing: before).resumed == nil)
        #expect(DemoPlan(seed: nil, speed: 1, standing: .empty).seed == DemoPlan.standardSeed)
    }

    @Test func `what cannot be gone over again begins anew`() {
        var other = state(seed: 5, step: 9000)
        other.model = DemoDesk.version + 1
        #expect(DemoPlan(seed: nil, speed: 1, standing: .demo(other)).resumed == nil)
        for step in [0, DemoDesk.warmUp - 1, DemoPlan.longestReplay] {
            let plan = DemoPlan(seed: nil, speed: 1, standing: .demo(state(seed: 5, step: step)))
            #expect(plan.resumed == nil && plan.seed == 5)
        }
    }

    @Test func `a desk that goes on is the desk that never stopped`() async throws {
        let now = Timestamp.now
        var (whole, _) = try await DemoPlan(seed: 5, speed: 1, standing: .empty).desk(at: now)
        let before = (0..<300).map { _ in whole.next(now: now) }
        let stop = before[199].number
        var (resumed, last) = try await DemoPlan(seed: 5, speed: 7, standing: .demo(state(seed: 5, step: stop))).desk(at: now)
        #expect(last.number == stop && last.figures == before[199].figures)
        for step in before[200...] {
            let next = resumed.next(now: now)
            #expect(next.number == step.number && next.figures == step.figures && next.quote == step.quote)
        }
    }

    @Test func `positions from before are dated back`() async throws {
        let now = Timestamp.now
        let (desk, _) = try await DemoPlan(seed: 21, speed: 2, standing: .empty).desk(at: now)
        for book in desk.books {
            guard let holding = book.holding else { continue }
            #expect(holding.position.entryTime == now - .seconds(Double(DemoDesk.warmUp - holding.openedAt) / 2))
        }
    }
}

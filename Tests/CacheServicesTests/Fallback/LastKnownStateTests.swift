@testable import CacheServices
import Hiredis
import RedisTesting
import Testing

/// What the memory of a fallback client keeps of answers that come in any order.
@Suite struct LastKnownStateTests {}

extension LastKnownStateTests {
    private static func state(maximumEntries: Int = 1000) -> FallbackState {
        FallbackState(maximumEntries: maximumEntries, at: .sample)
    }

    private static func bytes(_ key: String, in state: FallbackState) -> [UInt8]? { (try? state.store.string(key)) ?? nil }

    private static let positions = CacheStep<[IndexedValue]>.indexed(
        KeySchema.indexPositions, prefix: KeySchema.positionPrefix, lifetime: nil)

    @Test func `a late list of all positions does not undo what was set since, in Redis or in memory`() throws {
        let position = try Position.sample()
        for isAway in [false, true] {
            var state = Self.state()
            let began = try #require(state.begin())
            if isAway {
                _ = state.leaveRedis("test", at: .sample)
                _ = try state.perform(.setPosition(position), isUnknown: false)
            } else {
                state.remember(.setPosition(position), .stored, began: began)
            }
            state.remember(Self.positions, [], began: began)
            #expect(Self.bytes("position:active:USDCOP", in: state) == position.json)
            #expect(state.store.entry("position:active:USDCOP")?.isUnreplayed == isAway)
        }
    }

    /// Whatever was written before the answer's question: the write of the outage is not in Redis yet.
    @Test func `a list of all positions leaves those alone that wait for Redis`() throws {
        var state = Self.state()
        _ = state.leaveRedis("test", at: .sample)
        _ = try state.perform(.setPosition(.sample()), isUnknown: false)
        _ = try state.perform(.setPosition(.sample(symbol: "EURCOP")), isUnknown: false)
        _ = try state.perform(.deletePosition("EURCOP"), isUnknown: false)
        let now = state.store.recentWrites.last
        state.remember(Self.positions, [IndexedValue(member: "EURCOP", bytes: [1])], began: now)
        #expect(Self.bytes("position:active:USDCOP", in: state) == (try Position.sample().json))
        #expect(Self.bytes("position:active:EURCOP", in: state) == nil)
    }

    @Test func `a late answer puts no older value back, and a later one counts`() throws {
        var state = Self.state()
        let began = try #require(state.begin())
        state.remember(.set("a", [2], milliseconds: nil), (), began: began)
        state.remember(.get("a"), [1], began: began)
        state.remember(.get(["a", "b"]), [[1], [5]], began: began)
        #expect(Self.bytes("a", in: state) == [2])
        #expect(Self.bytes("b", in: state) == [5])
        state.remember(.delete("b"), true, began: began)
        state.remember(.get("b"), [5], began: began)
        #expect(Self.bytes("b", in: state) == nil)
        state.remember(.get("a"), [3], began: try #require(state.begin()))
        #expect(Self.bytes("a", in: state) == [3])
    }

    @Test func `an event from before a write of this process leaves it alone, and a later one counts`() throws {
        var state = Self.state()
        let key = "metrics:custom:a"
        let change = ChangeEvent(topic: .metrics, event: "set", key: key, value: .init("1"))
        let began = try #require(state.begin())
        state.remember(.setCustomMetric("a", try CustomMetricValue(2)), true, began: began)
        state.apply([change], began: began, wholeHistories: [])
        #expect(Self.bytes(key, in: state) == .init("2"))
        state.apply([change], began: try #require(state.begin()), wholeHistories: [])
        #expect(Self.bytes(key, in: state) == .init("1"))
    }

    @Test func `what was written longer ago than can be told counts as written`() {
        var writes = RecentWrites()
        writes.note("a")
        #expect(writes.contains("a", after: 0))
        #expect(!writes.contains("a", after: 1))
        #expect(!writes.contains("b", after: 0))
        for number in 0..<(3 * RecentWrites.generation) { writes.note("k\(number)") }
        #expect(writes.contains("b", after: 0))
        #expect(!writes.contains("b", after: writes.last))
        #expect(!writes.contains("k0", after: writes.last - 10))
    }

    @Test func `the same value again renews its life, by a write, an event and a reading`() throws {
        let metric = try CustomMetricValue(1)
        let key = "metrics:custom:a"
        let change = ChangeEvent(topic: .metrics, event: "set", key: key, value: metric.json)
        for kind in 0..<3 {
            var state = Self.state()
            for _ in 0..<8 {
                let began = try #require(state.begin())
                switch kind {
                case 0: state.remember(.setCustomMetric("a", metric), true, began: began)
                case 1: state.apply([change], began: began, wholeHistories: [])
                default: state.remember(.get(key, lifetime: CacheRules.metricsLifetime), metric.json, began: began)
                }
                state.store.now += .seconds(60)
            }
            #expect(Self.bytes(key, in: state) == metric.json)
            state.store.now += .seconds(241)
            #expect(Self.bytes(key, in: state) == nil)
        }
    }

    @Test func `reading does not lengthen the life that a caller named`() throws {
        var state = Self.state()
        state.remember(.set("a", [1], milliseconds: 10_000), (), began: 0)
        state.remember(.get("a"), [1], began: try #require(state.begin()))
        state.store.now += .seconds(11)
        #expect(Self.bytes("a", in: state) == nil)
    }

    @Test func `a pushed list is kept only while it is as long as in Redis`() throws {
        var state = Self.state()
        func push(_ value: UInt8, _ length: Int, began: UInt64? = nil) throws {
            let began = try began ?? #require(state.begin())
            state.remember(.push("list", [value], maximumLength: nil, lifetime: .never), length, began: began)
        }
        try push(1, 51)
        #expect(state.store.entry("list") == nil)
        try push(1, 1)
        try push(2, 2)
        #expect(state.store.elements("list") == [[2], [1]])
        try push(4, 4)
        #expect(state.store.entry("list") == nil)
        // The answers to two pushes of a new list, the second one first.
        let began = try #require(state.begin())
        state.remember(.push("new", [2], maximumLength: nil, lifetime: .never), 2, began: began)
        state.remember(.push("new", [1], maximumLength: nil, lifetime: .never), 1, began: began)
        #expect(state.store.entry("new") == nil)
    }

    @Test func `a history that may be longer in Redis is not begun in memory`() throws {
        var state = Self.state()
        let history = "signal:history:USDCOP"
        let result = PublishResult(latest: .stored, history: .added, stored: .redis)
        state.store.wallNow = .sample
        state.remember(.publish(try .sample(), to: .latestAndHistory), result, began: 0)
        #expect(Self.bytes("signal:latest", in: state) == (try Signal.sample().json))
        #expect(state.store.entry(history) == nil)
        #expect(state.store.takeUnknownHistories(in: [], limit: 1) == [history])
        state.store.knowsEveryHistory = true
        state.remember(.publish(try .sample(), to: .latestAndHistory), result, began: 0)
        #expect(state.store.elements(history) == [try Signal.sample().json])
    }

    @Test func `ordinary keys and histories are evicted before what an outage must not hide`() throws {
        var state = Self.state(maximumEntries: 6)
        state.store.wallNow = .sample
        state.store.knowsEveryHistory = true
        func began() throws -> UInt64 { try #require(state.begin()) }
        state.remember(.setPosition(try .sample()), .stored, began: try began())
        state.remember(
            .publish(try .sample(), to: .latestAndHistory), PublishResult(latest: .stored, history: .added, stored: .redis),
            began: try began())
        state.remember(.setCustomMetric("a", try CustomMetricValue(1)), true, began: try began())
        for number in 0..<20 { state.remember(.get("k\(number)"), [1], began: try began()) }
        #expect(
            state.store.keys { _ in true }
                == ["k18", "k19", "metrics:custom:a", "position:active:USDCOP", "signal:history:USDCOP", "signal:latest"])
        for number in 0..<3 {
            state.remember(.setPosition(try .sample(symbol: try Symbol("S\(number)"))), .stored, began: try began())
        }
        #expect(!state.store.knowsEveryHistory)
        state.remember(.get("k20"), [1], began: try began())
        #expect(
            state.store.keys { _ in true } == [
                "metrics:custom:a", "position:active:S0", "position:active:S1", "position:active:S2", "position:active:USDCOP",
                "signal:latest",
            ])
        // A write that only memory has counts more than any copy.
        _ = state.leaveRedis("test", at: .sample)
        _ = try state.perform(.set("k21", [1], milliseconds: nil), isUnknown: false)
        #expect(state.store.entry("k21") != nil)
    }
}

import CacheServices
import Synchronization
import TestTurns
import Testing

/// Both clocks of an in-memory cache, moved by hand.
private final class HandClock: Sendable {
    private let start = ContinuousClock.now
    private let offsets = Mutex((monotonic: Duration.zero, wall: Duration.zero))

    var clock: CacheClock {
        CacheClock(
            monotonic: { self.start + self.offsets.withLock { $0.monotonic } },
            wall: { .sample + self.offsets.withLock { $0.wall } })
    }

    func pass(_ time: Duration) { offsets.withLock { $0 = ($0.monotonic + time, $0.wall + time) } }
    func jump(_ time: Duration) { offsets.withLock { $0.wall += time } }
}

@Suite(.takesTurns) struct InMemoryCacheClientTests {
    @Test func `first in goes first, and overwriting makes nothing younger`() async throws {
        let cache = InMemoryCacheClient(maximumEntries: 3)
        for key in ["a", "b", "c"] { try await cache.set(key, [1], expiry: .never) }
        try await cache.set("a", [2], expiry: .never)
        try await cache.set("d", [1], expiry: .never)
        #expect(try await cache.keys("*") == ["b", "c", "d"])
        try await cache.delete("c")
        try await cache.set("c", [3], expiry: .never)
        try await cache.set("e", [1], expiry: .never)
        #expect(try await cache.keys("*") == ["c", "d", "e"])
        try await cache.set("f", [1], expiry: .never)
        #expect(try await cache.keys("*") == ["c", "e", "f"])
    }

    @Test func `a thousand keys are held unless configured otherwise`() async throws {
        let cache = InMemoryCacheClient()
        for number in 0..<1005 { try await cache.set("k\(number)", [1]) }
        #expect(try await cache.getStats().size == 1000)
        #expect(try await cache.get("k4") == nil)
        #expect(try await cache.get("k5") == [1])
    }

    @Test func `what has expired goes before what lives`() async throws {
        let time = HandClock()
        let cache = InMemoryCacheClient(maximumEntries: 3, clock: time.clock)
        try await cache.set("old", [1], expiry: .never)
        try await cache.set("brief", [1], expiry: .after(.seconds(1)))
        try await cache.set("young", [1], expiry: .never)
        time.pass(.seconds(1))
        try await cache.set("new", [1], expiry: .never)
        #expect(try await cache.keys("*") == ["new", "old", "young"])
    }

    @Test func `a key that comes again after it expired is a new one`() async throws {
        let time = HandClock()
        let cache = InMemoryCacheClient(maximumEntries: 2, clock: time.clock)
        try await cache.set("a", [1], expiry: .after(.seconds(1)))
        try await cache.set("b", [1], expiry: .never)
        time.pass(.seconds(2))
        try await cache.set("a", [2], expiry: .never)
        try await cache.set("c", [1], expiry: .never)
        #expect(try await cache.keys("*") == ["a", "c"])
    }

    @Test func `a lifetime ends to the millisecond`() async throws {
        let time = HandClock()
        let cache = InMemoryCacheClient(clock: time.clock)
        try await cache.set("a", [1], expiry: .after(.milliseconds(1000)))
        time.pass(.milliseconds(999))
        #expect(try await cache.ttl("a") == .remaining(.milliseconds(1)))
        time.pass(.milliseconds(1))
        #expect(try await cache.ttl("a") == .missing)
        #expect(try await cache.get("a") == nil)
    }

    @Test func `a sweep frees what has expired`() async throws {
        let time = HandClock()
        let cache = InMemoryCacheClient(clock: time.clock)
        try await cache.set("a", Array(repeating: 1, count: 1 << 20), expiry: .after(.seconds(1)))
        try await cache.set("b", [1], expiry: .never)
        time.pass(.seconds(1))
        cache.sweep()
        let stats = try await cache.getStats()
        #expect(stats.size == 1)
        #expect(try #require(stats.memoryUsageMB) < 0.001)
    }

    @Test(arguments: [Duration.seconds(86_400 * 365), .seconds(-86_400 * 365)])
    func `a jump of the wall clock changes no lifetime`(jump: Duration) async throws {
        let time = HandClock()
        let cache = InMemoryCacheClient(clock: time.clock)
        let signals = SignalCache(cache)
        try await signals.publish(try .sample())
        time.jump(jump)
        #expect(try await cache.ttl("signal:latest") == .remaining(.seconds(3600)))
        time.pass(.milliseconds(3_599_999))
        #expect(try await signals.getHistory("USDCOP").count == 1)
        time.pass(.milliseconds(1))
        #expect(try await signals.getLatest() == nil)
        #expect(try await signals.getSymbolsWithHistory().isEmpty)
    }

    @Test func `five minutes ahead is allowed and a millisecond more is not`() async throws {
        let signals = SignalCache(InMemoryCacheClient(clock: HandClock().clock))
        #expect(try await signals.publish(.sample(at: .sample + .milliseconds(300_000))).latest == .stored)
        await expect(.futureTimestamp) { try await signals.publish(try .sample(at: .sample + .milliseconds(300_001))) }
    }

    @Test func `changes are told in order and nothing else is`() async throws {
        let cache = InMemoryCacheClient()
        let (signals, metrics) = (SignalCache(cache), MetricsCache(cache))
        try await signals.publish(try .sample())
        try await signals.publish(try .sample())
        try await signals.addToHistory("USDCOP", try .sample())
        try await metrics.setPosition("USDCOP", try .sample())
        try await metrics.setPosition("USDCOP", try .sample(status: .closed))
        try await metrics.setCustomMetric("a", try CustomMetricValue(1))
        try await signals.clearHistory("USDCOP")
        let changes = try await cache.events.entries(after: .zero, limit: 100).compactMap(ChangeEvent.init)
        #expect(changes.map(\.event) == ["set-and-add", "set", "closed", "set", "cleared"])
        #expect(changes.map(\.topic) == [.signals, .positions, .positions, .metrics, .signals])
        #expect(try changes.first?.value == Signal.sample().json)
    }
}

import CacheServices
import Testing

extension Live {
    @Suite struct SignalContractTests {}
}

extension Live.SignalContractTests {
    @Test(arguments: Backend.allCases)
    func `a published signal is the latest and the first of its history`(backend: Backend) async throws {
        try await backend.run { cache async throws in
            let signals = SignalCache(cache)
            #expect(try await signals.getLatest() == nil)
            #expect(try await signals.latestBytes() == nil)
            #expect(try await signals.getHistory("USDCOP").isEmpty)
            let signal = try Signal.sample()
            let result = try await signals.publish(signal)
            #expect((result.latest, result.history, result.stored) == (.stored, .added, backend.stores))
            #expect(try await signals.getLatest() == signal)
            #expect(try await signals.latestBytes() == signal.json)
            #expect(try await signals.getHistory("USDCOP") == [signal])
        }
    }

    @Test(arguments: Backend.allCases)
    func `latest and history are written apart, too`(backend: Backend) async throws {
        try await backend.run { cache async throws in
            let signals = SignalCache(cache)
            let (first, second) = (try Signal.sample("a"), try Signal.sample("b", at: .second(1)))
            let latest = try await signals.setLatest(first)
            #expect((latest.latest, latest.history) == (.stored, .none))
            #expect(try await signals.getHistory("USDCOP").isEmpty)
            let history = try await signals.addToHistory("USDCOP", second)
            #expect((history.latest, history.history) == (.none, .added))
            #expect(try await signals.getLatest() == first)
            #expect(try await signals.getHistory("USDCOP") == [second])
            await expect(.invalidArgument) { try await signals.addToHistory("EURCOP", second) }
            #expect(try await signals.getSymbolsWithHistory() == ["USDCOP"])
        }
    }

    @Test(arguments: Backend.allCases)
    func `the latest is ordered by time and then by the bytes of the name`(backend: Backend) async throws {
        try await backend.run { cache async throws in
            let signals = SignalCache(cache)
            let steps: [(String, Int, PublishResult.Latest)] = [
                ("b", 0, .stored), ("a", 0, .older), ("b", 0, .stored), ("c", 0, .stored), ("C", 0, .older), ("a", -1, .older),
                ("a", 1, .stored), ("é", 1, .stored), ("z", 1, .older),
            ]
            for (id, second, outcome) in steps {
                #expect(try await signals.setLatest(.sample(id, at: .second(second))).latest == outcome, "\(id) \(second)")
            }
            #expect(try await signals.getLatest()?.signalID == "é")
        }
    }

    @Test(arguments: Backend.allCases)
    func `the same bytes are kept once and renew the lifetime`(backend: Backend) async throws {
        try await backend.run { cache async throws in
            let signals = SignalCache(cache)
            #expect(try await signals.publish(.sample()).history == .added)
            #expect(try await signals.publish(.sample()).history == .duplicate)
            #expect(try await signals.publish(.sample(confidence: 0.5)).history == .added)
            #expect(try await signals.publish(.sample()).history == .duplicate)
            #expect(try await signals.getHistory("USDCOP").map(\.confidence) == [0.5, 0.87])
        }
    }

    @Test(arguments: Backend.allCases)
    func `a history holds exactly the last 100 and everything expires in an hour`(backend: Backend) async throws {
        try await backend.run { cache async throws in
            let signals = SignalCache(cache)
            for number in 0..<105 { try await signals.publish(try .sample("s\(number)", at: .second(number))) }
            let history = try await signals.getHistory("USDCOP", limit: 100)
            #expect(history.map(\.signalID) == (5..<105).reversed().map { "s\($0)" })
            #expect(try await signals.getHistory("USDCOP").count == 50)
            #expect(try await signals.getHistory("USDCOP", limit: 1).map(\.signalID) == ["s104"])
            #expect(try await signals.getSignalStats("USDCOP").total == 100)
            #expect(try await cache.ttl("signal:latest").isWithin(.seconds(3600)))
            #expect(try await cache.ttl("signal:history:USDCOP").isWithin(.seconds(3600)))
            for limit in [0, -1, 101, .max] {
                await expect(.invalidArgument) { try await signals.getHistory("USDCOP", limit: limit) }
            }
        }
    }

    @Test(arguments: Backend.allCases)
    func `a signal of the future is refused and nothing is written`(backend: Backend) async throws {
        try await backend.run { cache async throws in
            let signals = SignalCache(cache)
            let future = try Signal.sample(at: .now + .seconds(310))
            for target in PublishTarget.allCases { await expect(.futureTimestamp) { try await signals.publish(future, to: target) } }
            #expect(try await cache.keys("*").isEmpty)
            #expect(try await signals.publish(.sample(at: .now + .seconds(290))).latest == .stored)
        }
    }

    private static let unreadable = [
        "", "{", "null", "[]", "7", "\"text\"", "{}", "\u{1}", String(repeating: "[", count: 5000),
        Signal.foreign(at: "2025-02-30T10:30:00Z").text, Signal.foreign(at: "2026-01-01T00:00:00Z", symbol: "usdcop").text,
        Signal.foreign("").text, Signal.foreign(at: "2026-01-01T00:00:00Z").text.replacing("4285.50", with: "-1"),
        Signal.foreign(at: "2026-01-01T00:00:00Z").text.replacing("8.7e-1", with: "1.01"),
        Signal.foreign(at: "2026-01-01T00:00:00Z").text.replacing("61.3", with: "\"61.3\""),
    ]

    @Test(arguments: Backend.allCases)
    func `a latest that is no signal is reported, and replaced by the next write`(backend: Backend) async throws {
        try await backend.run { cache async throws in
            let signals = SignalCache(cache)
            for text in Self.unreadable {
                try await cache.set("signal:latest", .init(text), expiry: .never)
                await expect(.dataConflict) { try await signals.getLatest() }
                #expect(try await signals.addToHistory("USDCOP", .sample("h")).latest == .none)
                #expect(try await cache.get("signal:latest")?.text == text)
                #expect(try await signals.publish(.sample()).latest == .replacedUnreadable, "\(text.prefix(300))")
                #expect(try await signals.getLatest() == .sample())
                #expect(try await cache.ttl("signal:latest").isWithin(.seconds(3600)))
            }
        }
    }

    @Test(arguments: Backend.allCases)
    func `a latest of the future is replaced by the next write`(backend: Backend) async throws {
        try await backend.run { cache async throws in
            try await cache.set("signal:latest", try Signal.sample(at: .now + .seconds(400)).json)
            #expect(try await SignalCache(cache).publish(.sample()).latest == .replacedUnreadable)
            #expect(try await SignalCache(cache).getLatest() == .sample())
        }
    }

    @Test(arguments: Backend.allCases)
    func `a key of another type is refused and left alone`(backend: Backend) async throws {
        try await backend.run { cache async throws in
            let signals = SignalCache(cache)
            try await cache.lpush("signal:latest", [1])
            try await cache.set("signal:history:EURCOP", [2])
            await expect(.dataConflict) { try await signals.getLatest() }
            await expect(.dataConflict) { try await signals.publish(try .sample()) }
            await expect(.dataConflict) { try await signals.publish(try .sample(symbol: "EURCOP"), to: .history) }
            await expect(.dataConflict) { try await signals.getHistory("EURCOP") }
            #expect(try await cache.lrange("signal:latest", 0, -1) == [[1]])
            #expect(try await cache.get("signal:history:EURCOP") == [2])
            #expect(try await cache.keys("*") == ["signal:history:EURCOP", "signal:latest"])
        }
    }

    @Test(arguments: Backend.allCases)
    func `a damaged entry of a history is passed by and noted`(backend: Backend) async throws {
        try await backend.run { cache async throws in
            let trace = CacheTrace()
            let signals = SignalCache(cache).traced(by: trace)
            try await cache.lpush("signal:history:USDCOP", .init("{"))
            await expect(.dataConflict) { try await signals.getHistory("USDCOP") }
            try await signals.publish(try .sample())
            #expect(try await signals.getHistory("USDCOP") == [.sample()])
            #expect(trace.unreadableKeys == ["signal:history:USDCOP"])
            #expect(trace.source?.backend == backend.stores)
        }
    }
}

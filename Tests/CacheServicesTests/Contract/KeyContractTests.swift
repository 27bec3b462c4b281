import CacheServices
import Testing

extension Live {
    @Suite struct KeyContractTests {}
}

extension Live.KeyContractTests {
    private static let names = [
        "a", "b", "ab", "abc", "signal:x", "signal:y:z", "a*c", "a?c", "a[c", "a\\c", "é", "\u{301}x", "x y", "{a}", "-", "^", "]",
    ]

    private static let patterns = [
        "*", "", "a", "a*", "*c", "a?c", "?", "??", "[ab]", "[^ab]", "[a-c]*", "[c-a]", "a\\*c", "a\\?c", "a\\[c", "a\\\\c", "signal:*",
        "*:*:*", "[", "[a", "a[", "\\", "*\\", "{a}", "[-^]", "]", "usdcop:*", "*é", "???",
    ]

    @Test(arguments: Backend.allCases)
    func `names are found by Redis globs, sorted and without the namespace`(backend: Backend) async throws {
        try await backend.run { cache async throws in
            for name in Self.names { try await cache.set(name, [1]) }
            for pattern in Self.patterns {
                let glob = Glob(pattern)
                #expect(try await cache.keys(pattern) == Self.names.filter { glob.matches($0) }.sorted(), "\(pattern)")
            }
        }
    }

    @Test(arguments: Backend.allCases)
    func `keys and sizes leave out the reserved families`(backend: Backend) async throws {
        try await backend.run { cache async throws in
            try await SignalCache(cache).publish(try .sample())
            try await MetricsCache(cache).setPosition("USDCOP", try .sample())
            #expect(try await cache.keys("*") == ["position:active:USDCOP", "signal:history:USDCOP", "signal:latest"])
            #expect(try await cache.keys("index:*").isEmpty)
            #expect(try await cache.getStats().size == 3)
        }
    }

    @Test(arguments: Backend.complete)
    func `clearing removes every key of the cache and answers how many`(backend: Backend) async throws {
        try await backend.run { cache async throws in
            #expect(try await cache.clear() == 0)
            for name in Self.names { try await cache.set(name, [1], expiry: .never) }
            try await SignalCache(cache).publish(try .sample())
            #expect(try await cache.clear() == Self.names.count + 2)
            #expect(try await cache.keys("*").isEmpty)
            #expect(try await SignalCache(cache).getSymbolsWithHistory().isEmpty)
            #expect(try await SignalCache(cache).getLatest() == nil)
        }
    }

    @Test func `clearing needs Redis where Redis is wanted`() async throws {
        try await Backend.fallbackAway.run { cache async throws in
            try await cache.set("a", [1])
            await expect(.unavailable) { try await cache.clear() }
            #expect(try await cache.get("a") == [1])
        }
    }
}

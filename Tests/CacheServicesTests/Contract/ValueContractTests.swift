import CacheServices
import RedisTesting
import Testing

extension Live {
    @Suite struct ValueContractTests {}
}

extension Live.ValueContractTests {
    @Test(arguments: Backend.allCases)
    func `a value is there after it was set, and gone after it was deleted`(backend: Backend) async throws {
        try await backend.run { cache async throws in
            #expect(try await cache.get("a") == nil)
            #expect(try await !cache.exists("a"))
            try await cache.set("a", [0, 255, 10])
            #expect(try await cache.get("a") == [0, 255, 10])
            #expect(try await cache.exists("a"))
            try await cache.set("a", [])
            #expect(try await cache.get("a") == [])
            #expect(try await cache.delete("a"))
            #expect(try await !cache.delete("a"))
            #expect(try await cache.get("a") == nil)
        }
    }

    @Test(arguments: Backend.allCases)
    func `many keys are read in one step and in their order`(backend: Backend) async throws {
        try await backend.run { cache async throws in
            try await cache.set("a", .init("1"))
            try await cache.set("b", .init("2"))
            try await cache.lpush("list", .init("3"))
            let values = try await cache.get(["b", "none", "a", "list", "b"])
            #expect(values == [.init("2"), nil, .init("1"), nil, .init("2")])
            #expect(try await cache.get([]).isEmpty)
        }
    }

    @Test(arguments: Backend.allCases)
    func `a lifetime is missing, never, or what is left`(backend: Backend) async throws {
        try await backend.run { cache async throws in
            #expect(try await cache.ttl("a") == .missing)
            try await cache.set("a", [1], expiry: .never)
            #expect(try await cache.ttl("a") == .never)
            try await cache.set("a", [1])
            #expect(try await cache.ttl("a").isWithin(.seconds(300)))
            try await cache.set("a", [1], expiry: .after(.seconds(9)))
            #expect(try await cache.ttl("a").isWithin(.seconds(9)))
        }
    }

    @Test(arguments: Backend.allCases)
    func `a value is gone when its time is over`(backend: Backend) async throws {
        try await backend.run { cache async throws in
            try await cache.set("a", [1], expiry: .after(.milliseconds(30)))
            try await eventually(within: .seconds(2)) { try await cache.get("a") == nil }
            #expect(try await !cache.exists("a"))
            #expect(try await cache.ttl("a") == .missing)
        }
    }

    @Test(arguments: Backend.allCases)
    func `a lifetime that is none is an error and never a default`(backend: Backend) async throws {
        try await backend.run { cache async throws in
            try await cache.set("a", [1])
            for lifetime in [Duration.zero, .seconds(-1), .microseconds(999), .seconds(11 * 366 * 86_400)] {
                await expect(.invalidExpiry) { try await cache.set("a", [2], expiry: .after(lifetime)) }
                await expect(.invalidExpiry) { try await cache.lpush("l", [2], expiry: .after(lifetime)) }
                await expect(.invalidExpiry) { try await cache.update("a", expiry: .after(lifetime)) { _ in [2] } }
            }
            #expect(try await cache.get("a") == [1])
            #expect(try await cache.llen("l") == 0)
        }
    }

    private static let reserved = [
        "audit:events", "latency:x", "performance:x", "health:status:a", "index:signals", "stats:cache", "ratelimit:1", "alerts", "events",
        "audit", "events:x", "audit:\u{301}x",
    ]

    @Test(arguments: Backend.allCases)
    func `reserved families are refused`(backend: Backend) async throws {
        try await backend.run { cache async throws in
            for key in Self.reserved {
                await expect(.reservedKey) { try await cache.set(key, [1]) }
                await expect(.reservedKey) { try await cache.get(key) }
                await expect(.reservedKey) { try await cache.get(["a", key]) }
                await expect(.reservedKey) { try await cache.delete(key) }
                await expect(.reservedKey) { try await cache.exists(key) }
                await expect(.reservedKey) { try await cache.ttl(key) }
                await expect(.reservedKey) { try await cache.lpush(key, [1]) }
                await expect(.reservedKey) { try await cache.lrange(key, 0, -1) }
                await expect(.reservedKey) { try await cache.llen(key) }
                await expect(.reservedKey) { try await cache.update(key) { _ in [1] } }
            }
            #expect(try await cache.keys("*").isEmpty)
        }
    }

    @Test(arguments: Backend.allCases)
    func `a key that is none is refused`(backend: Backend) async throws {
        try await backend.run { cache async throws in
            for key in ["", "a\nb", "a\0", "\u{7f}", String(repeating: "k", count: 513)] {
                await expect(.invalidKey) { try await cache.set(key, [1]) }
                await expect(.invalidKey) { try await cache.get(key) }
                await expect(.invalidKey) { try await cache.lpush(key, [1]) }
            }
        }
    }

    @Test(arguments: Backend.allCases)
    func `an update reads, decides and writes`(backend: Backend) async throws {
        try await backend.run { cache async throws in
            #expect(try await cache.update("n") { $0 == nil ? [1] : [9] } == [1])
            #expect(try await cache.update("n", expiry: .never) { ($0 ?? []) + [2] } == [1, 2])
            #expect(try await cache.ttl("n") == .never)
            #expect(try await cache.update("n") { _ in nil } == nil)
            #expect(try await cache.get("n") == [1, 2])
        }
    }

    @Test(arguments: Backend.allCases)
    func `Codable values go through sorted JSON`(backend: Backend) async throws {
        struct Quote: Codable, Equatable {
            var symbol: String
            var bid: Double
        }
        try await backend.run { cache async throws in
            let quote = Quote(symbol: "USD/COP", bid: 4250.5)
            try await cache.set("quote", encoding: quote)
            #expect(try await cache.get("quote")?.text == #"{"bid":4250.5,"symbol":"USD/COP"}"#)
            #expect(try await cache.get("quote", as: Quote.self) == quote)
            #expect(try await cache.get("none", as: Quote.self) == nil)
            try await cache.set("quote", .init("[]"))
            await expect(.dataConflict) { try await cache.get("quote", as: Quote.self) }
            await expect(.invalidArgument) { try await cache.set("quote", encoding: Double.nan) }
            #expect(try await cache.get("quote") == .init("[]"))
        }
    }

    @Test(arguments: Backend.allCases)
    func `a value of another type is refused and left as it is`(backend: Backend) async throws {
        try await backend.run { cache async throws in
            try await cache.lpush("list", [1])
            try await cache.set("text", [2])
            await expect(.dataConflict) { try await cache.get("list") }
            await expect(.dataConflict) { try await cache.update("list") { _ in [3] } }
            await expect(.dataConflict) { try await cache.lpush("text", [3]) }
            await expect(.dataConflict) { try await cache.lrange("text", 0, -1) }
            await expect(.dataConflict) { try await cache.llen("text") }
            #expect(try await cache.lrange("list", 0, -1) == [[1]])
            #expect(try await cache.get("text") == [2])
        }
    }

    @Test(arguments: Backend.complete)
    func `reads are counted as hits and misses`(backend: Backend) async throws {
        try await backend.run { cache async throws in
            let fresh = try await cache.getStats()
            #expect((fresh.hits, fresh.misses, fresh.size) == (0, 0, 0))
            #expect(fresh.hitRate == nil)
            try await cache.set("a", [1])
            _ = try await cache.get("a")
            _ = try await cache.get("none")
            _ = try await cache.get(["a", "none", "a"])
            _ = try await cache.exists("a")
            let stats = try await cache.getStats()
            #expect((stats.hits, stats.misses, stats.size) == (3, 2, 1))
            #expect(stats.hitRate == 0.6)
            #expect(try #require(stats.memoryUsageMB) > 0)
        }
    }
}

extension TimeToLive {
    /// Whether this is what is left of a lifetime that began a moment ago.
    func isWithin(_ lifetime: Duration) -> Bool {
        guard case .remaining(let rest) = self else { return false }
        return rest <= lifetime && rest > lifetime - .seconds(5)
    }
}

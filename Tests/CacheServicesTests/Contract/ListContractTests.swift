import CacheServices
import Testing

extension Live {
    @Suite struct ListContractTests {}
}

extension Live.ListContractTests {
    private static func fill(_ cache: any ICacheClient, _ count: Int = 5) async throws {
        for number in 0..<count { try await cache.lpush("list", [UInt8(number)]) }
    }

    @Test(arguments: Backend.allCases)
    func `what was pushed last comes first`(backend: Backend) async throws {
        try await backend.run { cache async throws in
            #expect(try await cache.llen("list") == 0)
            #expect(try await cache.lrange("list", 0, -1).isEmpty)
            #expect(try await cache.lpush("list", [1]) == 1)
            #expect(try await cache.lpush("list", [2]) == 2)
            #expect(try await cache.lpush("list", [2]) == 3)
            #expect(try await cache.lrange("list", 0, -1) == [[2], [2], [1]])
            #expect(try await cache.llen("list") == 3)
            #expect(try await cache.exists("list"))
        }
    }

    @Test(arguments: Backend.allCases)
    func `ranges follow Redis, negative and out of range too`(backend: Backend) async throws {
        let table: [(Int, Int, ClosedRange<Int>?)] = [
            (0, -1, 0...4), (0, 0, 0...0), (1, 3, 1...3), (-2, -1, 3...4), (-100, 1, 0...1), (3, 100, 3...4), (-1, -2, nil), (5, 9, nil),
            (4, 4, 4...4), (2, 1, nil), (0, -6, nil), (.min, .max, 0...4), (.max, .max, nil), (.min, .min, nil),
        ]
        try await backend.run { cache async throws in
            try await Self.fill(cache)
            let all = try await cache.lrange("list", 0, -1)
            #expect(all == [[4], [3], [2], [1], [0]])
            for (start, end, indexes) in table {
                #expect(try await cache.lrange("list", start, end) == indexes.map { Array(all[$0]) } ?? [], "\(start) \(end)")
            }
        }
    }

    @Test(arguments: Backend.allCases)
    func `a capped push keeps the newest and answers the length`(backend: Backend) async throws {
        try await backend.run { cache async throws in
            try await Self.fill(cache)
            #expect(try await cache.lpush("list", [9], maximumLength: 3) == 3)
            #expect(try await cache.lrange("list", 0, -1) == [[9], [4], [3]])
            #expect(try await cache.lpush("list", [8], maximumLength: 1) == 1)
            #expect(try await cache.lrange("list", 0, -1) == [[8]])
            await expect(.invalidArgument) { try await cache.lpush("list", [7], maximumLength: 0) }
            await expect(.invalidArgument) { try await cache.lpush("list", [7], maximumLength: -1) }
            #expect(try await cache.llen("list") == 1)
        }
    }

    @Test(arguments: Backend.allCases)
    func `a push keeps or sets the lifetime as the caller says`(backend: Backend) async throws {
        try await backend.run { cache async throws in
            try await cache.lpush("list", [1])
            #expect(try await cache.ttl("list").isWithin(.seconds(300)))
            try await cache.lpush("list", [2], expiry: .after(.seconds(60)))
            #expect(try await cache.ttl("list").isWithin(.seconds(60)))
            try await cache.lpush("list", [3], expiry: nil)
            #expect(try await cache.ttl("list").isWithin(.seconds(60)))
            try await cache.lpush("list", [4], expiry: .never)
            #expect(try await cache.ttl("list") == .never)
            try await cache.lpush("list", [5], expiry: nil)
            #expect(try await cache.ttl("list") == .never)
        }
    }

    /// While Redis is away a list cannot be compared later with what was known of it, so it is neither replaced nor removed.
    @Test(arguments: Backend.allCases)
    func `a list is replaced and deleted whole, or not at all`(backend: Backend) async throws {
        try await backend.run { cache async throws in
            try await Self.fill(cache)
            guard backend != .fallbackAway else {
                await expect(.unavailable) { try await cache.delete("list") }
                await expect(.unavailable) { try await cache.set("list", [1]) }
                return #expect(try await cache.llen("list") == 5)
            }
            try await cache.set("list", [1])
            #expect(try await cache.get("list") == [1])
            #expect(try await cache.delete("list"))
            try await Self.fill(cache, 1)
            #expect(try await cache.delete("list"))
            #expect(try await cache.llen("list") == 0)
        }
    }
}

import CacheServices
import Hiredis
import RedisTesting
import Testing

extension Live {
    /// Each client has a connection of its own, as a process has.
    @Suite struct ConcurrentWriterTests {}
}

extension Live.ConcurrentWriterTests {
    private static let clients = 6
    private static let tasks = 3

    /// Runs `body` for each number once on some client, all at once.
    private static func together(
        on server: PrivateRedis, each count: Int, _ body: @escaping @Sendable (RedisCacheClient, Int) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { clients in
            for client in 0..<Self.clients {
                clients.addTask {
                    try await withRedis(on: server) { cache in
                        try await withThrowingTaskGroup(of: Void.self) { group in
                            for task in 0..<Self.tasks {
                                group.addTask {
                                    for number in 0..<count { try await body(cache, (client * Self.tasks + task) * count + number) }
                                }
                            }
                            try await group.waitForAll()
                        }
                    }
                }
            }
            try await clients.waitForAll()
        }
    }

    private static func ids(_ server: PrivateRedis) async throws -> [String] {
        try await withRedis(on: server) { try await SignalCache($0).getHistory("USDCOP", limit: 100).map(\.signalID) }
    }

    @Test func `below the cap nothing is lost, and nothing is there twice`() async throws {
        let server = try await PrivateRedis.start()
        defer { server.stop() }
        try await Self.together(on: server, each: 5) { cache, number async throws in
            let signal = try Signal.sample("s\(number)", at: .second(number))
            try await SignalCache(cache).publish(signal)
            // A retry of the same.
            #expect(try await SignalCache(cache).publish(signal).history == .duplicate)
        }
        #expect(try await Self.ids(server).sorted() == (0..<90).map { "s\($0)" }.sorted())
        try await withRedis(on: server) { cache async throws in
            #expect(try await SignalCache(cache).getLatest()?.signalID == "s89")
            #expect(try await SignalCache(cache).getLatestBySymbol()["USDCOP"]?.signalID == "s89")
            #expect(try await cache.ttl("signal:history:USDCOP").isWithin(.seconds(3600)))
            #expect(try await cache.ttl("signal:latest").isWithin(.seconds(3600)))
        }
    }

    @Test func `above the cap it is exact, and the newest stays the latest`() async throws {
        let server = try await PrivateRedis.start()
        defer { server.stop() }
        try await Self.together(on: server, each: 40) { cache, number async throws in
            try await SignalCache(cache).publish(try .sample("s\(number)", at: .second(number)))
        }
        let ids = try await Self.ids(server)
        #expect(ids.count == 100)
        #expect(Set(ids).count == 100)
        try await withRedis(on: server) { cache async throws in
            #expect(try await cache.llen("signal:history:USDCOP") == 100)
            #expect(try await SignalCache(cache).getLatest()?.signalID == "s719")
        }
    }

    @Test func `updates of different figures all survive`() async throws {
        let server = try await PrivateRedis.start()
        defer { server.stop() }
        try await Self.together(on: server, each: 4) { cache, number async throws in
            let update =
                switch number % 7 {
                case 0: try FinancialMetricsUpdate(totalPnL: Double(number))
                case 1: try FinancialMetricsUpdate(winRate: Double(number) / 100)
                case 2: try FinancialMetricsUpdate(sharpeRatio: Double(number))
                case 3: try FinancialMetricsUpdate(maxDrawdown: Double(number))
                case 4: try FinancialMetricsUpdate(totalTrades: number)
                case 5: try FinancialMetricsUpdate(activePositions: number)
                default: try FinancialMetricsUpdate(portfolioValue: Double(number))
                }
            try await MetricsCache(cache).updateMetricSnapshot(update)
        }
        let metrics = try await withRedis(on: server) { try await MetricsCache($0).getFinancialMetrics() }
        let figures = try #require(metrics)
        #expect(figures.totalPnL.map { Int($0) % 7 } == 0)
        #expect(figures.winRate.map { Int(($0 * 100).rounded()) % 7 } == 1)
        #expect(figures.sharpeRatio.map { Int($0) % 7 } == 2)
        #expect(figures.maxDrawdown.map { Int($0) % 7 } == 3)
        #expect(figures.totalTrades.map { $0 % 7 } == 4)
        #expect(figures.activePositions.map { $0 % 7 } == 5)
        #expect(figures.portfolioValue.map { Int($0) % 7 } == 6)
    }

    @Test func `counters that many update are exact`() async throws {
        let server = try await PrivateRedis.start()
        defer { server.stop() }
        try await Self.together(on: server, each: 10) { cache, _ async throws in
            try await cache.update("counter") { bytes in .init(String((bytes.flatMap { Int($0.text) } ?? 0) + 1)) }
        }
        #expect(try await server.ask("GET", "usdcop:counter").text == "180")
    }

    @Test func `capped pushes of many keep the cap and the order of each`() async throws {
        let server = try await PrivateRedis.start()
        defer { server.stop() }
        try await Self.together(on: server, each: 20) { cache, number async throws in
            #expect(try await cache.lpush("list", .init(String(number)), maximumLength: 300) <= 300)
        }
        let elements = try await withRedis(on: server) { try await $0.lrange("list", 0, -1).compactMap { Int($0.text) } }
        #expect(elements.count == 300)
        #expect(Set(elements).count == 300)
        for task in 0..<(Self.clients * Self.tasks) {
            let own = elements.filter { $0 / 20 == task }
            #expect(own == own.sorted(by: >))
        }
    }

    @Test func `hits and misses of all processes add up`() async throws {
        let server = try await PrivateRedis.start()
        defer { server.stop() }
        try await server.ask("SET", "usdcop:a", "1")
        try await Self.together(on: server, each: 10) { cache, number async throws in
            _ = try await cache.get(number.isMultiple(of: 2) ? "a" : "none")
            if number % 10 == 9 { try await cache.flushStats() }
        }
        try await withRedis(on: server) { cache async throws in
            let stats = try await cache.getStats()
            #expect(stats.hits + stats.misses <= 180)
            #expect(stats.hits + stats.misses >= 180 - Self.clients * Self.tasks)
        }
    }
}

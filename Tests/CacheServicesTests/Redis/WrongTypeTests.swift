@testable import CacheServices
import Hiredis
import RedisTesting
import Testing

extension Live {
    /// Each key of each script in turn holds a set, which no script expects: the step fails and everything is as it was.
    @Suite struct WrongTypeTests {}
}

extension Live.WrongTypeTests {
    private typealias Step = (name: String, keys: [String], run: @Sendable (RedisCacheClient) async throws -> Void)

    private static func step<Outcome>(_ name: String, _ step: CacheStep<Outcome>, except: Set<String> = []) -> Step {
        let keys = step.request.keys.filter { !$0.hasSuffix(":") && !except.contains($0) }
        return (name, keys, { _ = try await $0.perform(step) })
    }

    private static func steps() throws -> [Step] {
        let (history, position) = (KeySchema.signalHistory("USDCOP"), KeySchema.position("USDCOP"))
        let figures = try FinancialMetrics(timestamp: .second(5), winRate: 1)
        let replayed = CacheStep<Bool>.setFinancialMetrics(figures).effect
        guard case .replayable(let newer) = replayed else { throw NeverHappened() }
        guard case .appends(let make) = CacheStep<Int>.push("list", [1], maximumLength: 1, lifetime: .never).effect else {
            throw NeverHappened()
        }
        let numbered = make("writer", 1)
        return [
            step("publish", .publish(try .sample("n", at: .second(5)), to: .latestAndHistory)),
            step("set latest", .publish(try .sample("n", at: .second(5)), to: .latest)),
            step("add to history", .publish(try .sample("n", at: .second(5)), to: .history)),
            step("set position", .setPosition(try .sample(pnl: 1))),
            step("close position", .setPosition(try .sample(status: .closed))),
            step("set metrics", .setFinancialMetrics(figures)),
            ("set newer metrics", newer.keys, { _ = try await $0.send(newer) }),
            step("update metrics", .compareAndSetFinancialMetrics(expected: nil, figures)),
            step("set custom metric", .setCustomMetric("a", try CustomMetricValue(2))),
            step("push", CacheStep<Int>.push("list", [1], maximumLength: 1, lifetime: .never)),
            ("numbered push", numbered.keys, { _ = try await $0.send(numbered) }),
            step("compare and set", .compareAndSet("a", expected: [1], [2], milliseconds: nil)),
            ("delete if", ["a"], { _ = try await $0.send(.guardedDelete("a", .expectation([1]))) }),
            // What is to be removed may be of any type.
            step("clear history", .clearHistory("USDCOP"), except: [history]),
            step("clear signals", .clearSignals([KeySchema.signalLatest]), except: [KeySchema.signalLatest]),
            step("clear metrics", .clearMetrics([KeySchema.metricsFinancial]), except: [KeySchema.metricsFinancial]),
            step("delete metric", .deleteMetric(KeySchema.metricsFinancial), except: [KeySchema.metricsFinancial]),
            step("delete position", .deletePosition("USDCOP"), except: [position]),
            step("latest by symbol", .latestBySymbol),
            step("indexed", .indexed(KeySchema.indexPositions, prefix: KeySchema.positionPrefix, lifetime: nil)),
            step("metrics and clock", .financialMetricsAndClock),
        ]
    }

    /// Every key with its bytes, without lifetimes, which run.
    private static func contents(_ server: PrivateRedis) async throws -> [String: RedisReply] {
        var contents: [String: RedisReply] = [:]
        for name in try await server.ask("SCAN", "0", "COUNT", "1000").array?[1].array?.compactMap(\.text) ?? [] {
            contents[name] = try await server.ask("DUMP", .text(name))
        }
        return contents
    }

    @Test func `a step that meets a key of another type writes nothing`() async throws {
        try await withRedis { cache, server async throws in
            for step in try Self.steps() {
                #expect(!step.keys.isEmpty)
                for key in step.keys {
                    try await server.ask("FLUSHALL")
                    try await SignalCache(cache).publish(try .sample())
                    try await MetricsCache(cache).setPosition("USDCOP", try .sample())
                    try await MetricsCache(cache).setFinancialMetrics(try FinancialMetrics(timestamp: .sample, totalPnL: 1))
                    try await cache.set("a", [1])
                    try await server.ask("DEL", .text("usdcop:\(key)"))
                    try await server.ask("SADD", .text("usdcop:\(key)"), "wrong")
                    let before = try await Self.contents(server)
                    await expect(.dataConflict) { try await step.run(cache) }
                    #expect(try await Self.contents(server) == before, "\(step.name): \(key)")
                }
            }
        }
    }
}

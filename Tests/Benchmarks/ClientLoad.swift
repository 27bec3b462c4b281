import CacheServices
import Hiredis

/// Many tasks that do the same Redis call again and again.
struct ClientLoad: Sendable {
    private let call: @Sendable (Int) async throws -> Void

    /// - Parameter name: get, set, publish, latest (typed) or update.
    init(_ name: String, _ client: RedisClient) async throws {
        let cache = RedisCacheClient(client)
        let signals = SignalCache(cache)
        let signal = try BenchSignal.make(0)
        let json = signal.json
        _ = try await client.send(RedisCommand("SET", ["bench:signal", .bytes(json)]))
        try await signals.setLatest(signal)
        switch name {
        case "get": call = { _ in _ = try await client.get("bench:signal") }
        case "set": call = { _ in _ = try await client.send(RedisCommand("SET", ["bench:signal", .bytes(json)])) }
        case "latest": call = { _ in _ = try await signals.getLatest() }
        case "publish": call = { number in try await signals.publish(try BenchSignal.make(number)) }
        case "symbols": call = { _ in _ = try await signals.getLatestBySymbol() }
        case let name where name.hasPrefix("history-"):
            let symbol = try Symbol(String(name.dropFirst("history-".count)))
            call = { _ in _ = try await signals.getHistory(symbol, limit: 100) }
        default: throw CacheError(.invalidArgument, "There is no such load.")
        }
    }

    func operationsPerSecond(callers: Int, total: Int, on executor: any TaskExecutor) async throws -> Int {
        let each = max(1, total / callers)
        let elapsed = try await ContinuousClock().measure {
            try await withTaskExecutorPreference(executor) {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for caller in 0..<callers {
                        group.addTask { for number in 0..<each { try await call(caller * each + number) } }
                    }
                    try await group.waitForAll()
                }
            }
        }
        return Int(Double(each * callers) / (elapsed / .seconds(1)))
    }
}

/// The 232-byte signal of the seed's size.
enum BenchSignal {
    static func make(_ number: Int, _ symbol: Symbol = "USDCOP") throws -> Signal {
        try Signal(
            signalID: "sig_\(number)", timestamp: Timestamp(milliseconds: 1_736_937_000_000 + Int64(number)), symbol: symbol,
            action: .buy, confidence: 0.85, price: 4250.5, features: ["rsi": 45, "macd": -1.25], modelVersion: "v1.0",
            executionLatencyMS: 45)
    }
}

import Hiredis
import Foundation

// Operations per second of GET at several numbers of concurrent callers.
let url = ProcessInfo.processInfo.environment["REDIS_URL"] ?? "redis://127.0.0.1:6379"
let value = [UInt8](repeating: 0x61, count: 232)
try await RedisClient.withClient(RedisConfiguration(url: url)) { client in
    _ = try await client.send(RedisCommand("SET", ["bench", .bytes(value)]))
    for callers in [1, 8, 64, 512] {
        let total = callers == 1 ? 20_000 : callers == 8 ? 100_000 : 500_000
        let clock = ContinuousClock()
        let elapsed = try await clock.measure {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<callers {
                    group.addTask { for _ in 0..<(total / callers) { _ = try await client.get("bench") } }
                }
                try await group.waitForAll()
            }
        }
        print(callers, Int(Double(total) / (Double(elapsed.components.attoseconds) / 1e18 + Double(elapsed.components.seconds))))
    }
}

import Foundation
import Hiredis

// Operations per second of GET at several numbers of concurrent callers.
let environment = ProcessInfo.processInfo.environment
let url = environment["REDIS_URL"] ?? "redis://127.0.0.1:6379"
let value = [UInt8](repeating: 0x61, count: 232)
@Sendable func load(_ client: RedisClient, _ callers: Int, _ total: Int) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<callers {
            group.addTask { for _ in 0..<(total / callers) { _ = try await client.get("bench") } }
        }
        try await group.waitForAll()
    }
}
try await RedisClient.withClient(RedisConfiguration(url: url)) { client in
    _ = try await client.send(RedisCommand("SET", ["bench", .bytes(value)]))
    for callers in (environment["CALLERS"] ?? "1,8,64,512").split(separator: ",").compactMap({ Int($0) }) {
        let total = callers == 1 ? 20_000 : callers == 8 ? 100_000 : 500_000
        for executor in environment["GLOBAL"] == nil ? [client.executor] : [client.executor, globalConcurrentExecutor] {
            let elapsed = try await ContinuousClock().measure {
                try await withTaskExecutorPreference(executor) { try await load(client, callers, total) }
            }
            print(callers, Int(Double(total) / (Double(elapsed.components.attoseconds) / 1e18 + Double(elapsed.components.seconds))), terminator: " ")
        }
    }
}
print()

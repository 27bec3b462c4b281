import CacheServices
import Foundation
import HealthServices
import Hiredis
import Logging

/// The latency monitor under load.
enum LatencyLoad {
    private static let operations: [OperationName] = ["execute_trade", "cancel", "quote", "settle"]

    /// - Returns: nanoseconds of one `latency-record` and one `latency-stats`; samples a second that `latency-store` gets into Redis
    ///   without dropping one, 0 if one was dropped; samples that `latency-drops` lost of a steady 100,000 a second.
    static func figure(_ name: String, total: Int, _ client: RedisClient, _ logger: Logger) async throws -> Int {
        let monitor = LatencyMonitor(.redis(client), logger: logger)
        switch name {
        case "latency-record": return await record(total, monitor)
        case "latency-stats": return try await stats(total, monitor)
        case "latency-store": return try await running(monitor) { try await store(total, monitor) }
        case "latency-drops": return try await running(monitor) { try await drops(total, monitor) }
        default: exit(64)
        }
    }

    /// The caller's side alone: what is recorded is dropped once the queue is full, as when Redis is away.
    private static func record(_ total: Int, _ monitor: LatencyMonitor) async -> Int {
        for number in 0..<10_000 { call(monitor, number) }
        let elapsed = ContinuousClock().measure { for number in 0..<total { call(monitor, number) } }
        return Int(elapsed / .nanoseconds(1) / Double(total))
    }

    private static func stats(_ total: Int, _ monitor: LatencyMonitor) async throws -> Int {
        for _ in 0..<10_000 { monitor.recordLatency("api", operations[.random(in: 0..<4)], latencyMS: .random(in: 0...2000)) }
        guard try await monitor.getLatencyStats("api").value.count == 4 else { exit(74) }
        let elapsed = try await ContinuousClock().measure {
            for _ in 0..<total { _ = try await monitor.getLatencyStats("api") }
        }
        return Int(elapsed / .nanoseconds(1) / Double(total))
    }

    /// As fast as the queue is emptied.
    private static func store(_ total: Int, _ monitor: LatencyMonitor) async throws -> Int {
        let elapsed = try await ContinuousClock().measure {
            for number in 0..<total {
                call(monitor, number)
                while number % 1000 == 0, monitor.status.waiting > 40_000 { try await Task.sleep(for: .milliseconds(1)) }
            }
            try await monitor.flush()
        }
        guard monitor.status.dropped == 0, monitor.status.stored == total else { return 0 }
        return Int(Double(total) / (elapsed / .seconds(1)))
    }

    /// A hundred every millisecond, by the clock.
    private static func drops(_ total: Int, _ monitor: LatencyMonitor) async throws -> Int {
        let start = ContinuousClock.now
        for number in stride(from: 0, to: total, by: 100) {
            for offset in 0..<100 { call(monitor, number + offset) }
            try await Task.sleep(until: start + .milliseconds((number + 100) / 100))
        }
        try await monitor.flush()
        return total - monitor.status.stored
    }

    @inline(never) private static func call(_ monitor: LatencyMonitor, _ number: Int) {
        monitor.recordLatency("api", operations[number & 3], latencyMS: Double(number & 511))
    }

    private static func running(_ monitor: LatencyMonitor, _ body: @escaping @Sendable () async throws -> Int) async throws -> Int {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await monitor.run() }
            defer { group.cancelAll() }
            return try await body()
        }
    }
}

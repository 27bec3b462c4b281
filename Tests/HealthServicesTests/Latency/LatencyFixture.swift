import CacheServices
import HealthServices
import Hiredis
import Logging
import RedisTesting
import Synchronization
import Testing

/// The storages that one contract holds for.
enum LatencyBackend: String, CaseIterable, CustomTestStringConvertible {
    case redis, memory

    var testDescription: String { rawValue }

    /// Runs `body` with a monitor of its own, on a server of its own where there is one; it does not run.
    func run(
        limits: LatencyLimits = LatencyLimits(), clock: CacheClock = .system, logger: Logger = .silent,
        _ body: @Sendable (LatencyMonitor) async throws -> Void
    ) async throws {
        switch self {
        case .memory:
            try await body(LatencyMonitor(.memory, limits: limits, clock: clock, logger: logger))
        case .redis:
            let server = try await PrivateRedis.start()
            defer { server.stop() }
            try await withLatency(on: server, limits: limits, clock: clock, logger: logger, body)
        }
    }
}

/// One more monitor with a connection of its own, as a process has; it does not run.
func withLatency<Value: Sendable>(
    on server: PrivateRedis, limits: LatencyLimits = LatencyLimits(), clock: CacheClock = .system, logger: Logger = .silent,
    configuration: RedisConfiguration? = nil, _ body: @Sendable (LatencyMonitor) async throws -> Value
) async throws -> Value {
    try await RedisClient.withClient(configuration ?? server.configuration, logger: .silent) { redis in
        try await body(LatencyMonitor(.redis(redis), limits: limits, clock: clock, logger: logger))
    }
}

/// The same, running.
func withRunningLatency<Value: Sendable>(
    on server: PrivateRedis, limits: LatencyLimits = LatencyLimits(), logger: Logger = .silent,
    configuration: RedisConfiguration? = nil, _ body: @Sendable (LatencyMonitor) async throws -> Value
) async throws -> Value {
    try await withLatency(on: server, limits: limits, logger: logger, configuration: configuration) { monitor in
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await monitor.run() }
            defer { group.cancelAll() }
            return try await body(monitor)
        }
    }
}

extension PrivateRedis {
    static let measurements = RedisArgument.text("usdcop:latency:measurements")

    /// The fields of every entry of the stream, oldest first, read without the code under test.
    func entries() async throws -> [[String]] {
        let entries = try await ask("XRANGE", Self.measurements, "-", "+").array ?? []
        return entries.map { $0.array?.last?.array?.map { $0.text ?? "" } ?? [] }
    }

    /// The latencies in the stream, oldest first.
    func latencies() async throws -> [Double] {
        try await entries().map { fields in
            let place = try #require(fields.firstIndex(of: "latency_ms"))
            return try #require(Double(fields[place + 1]))
        }
    }

    /// How many entries the stream ever got.
    func added() async throws -> Int {
        let info = try await ask("XINFO", "STREAM", Self.measurements).array ?? []
        let place = try #require(info.firstIndex { $0.text == "entries-added" })
        return Int(try #require(info[place + 1].integer))
    }

    /// Writes an entry as a program in another language does.
    func add(_ fields: RedisArgument...) async throws {
        let command: [RedisArgument] = [Self.measurements, "*"] + fields
        try await RedisClient.withClient(configuration, logger: .silent) { _ = try await $0.send(RedisCommand("XADD", command)) }
    }
}

/// A clock that a test moves; it begins at 2025-01-15T10:30:00Z.
final class HandClock: Sendable {
    private let passed = Mutex(Duration.zero)
    private let start = ContinuousClock.now

    func advance(by time: Duration) { passed.withLock { $0 += time } }

    var clock: CacheClock {
        CacheClock(
            monotonic: { self.start + self.passed.withLock { $0 } },
            wall: { Timestamp(milliseconds: 1_736_937_000_000) + self.passed.withLock { $0 } })
    }
}

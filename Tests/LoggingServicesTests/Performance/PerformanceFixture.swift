import CacheServices
import Hiredis
import Logging
import LoggingServices
import RedisTesting
import Synchronization
import Testing

/// The storages that one contract holds for.
enum PerformanceBackend: String, CaseIterable, CustomTestStringConvertible {
    case redis, memory

    var testDescription: String { rawValue }

    /// Runs `body` with a logger of its own, on a server of its own where there is one.
    func run(
        limits: PerformanceLimits = PerformanceLimits(), clock: CacheClock = .system, logger: Logger = .silent,
        _ body: @Sendable (PerformanceLogger) async throws -> Void
    ) async throws {
        switch self {
        case .memory:
            try await body(PerformanceLogger(.memory, limits: limits, clock: clock, logger: logger))
        case .redis:
            let server = try await PrivateRedis.start()
            defer { server.stop() }
            try await withPerformance(on: server, limits: limits, clock: clock, logger: logger, body)
        }
    }
}

/// One more logger with a connection of its own, as a process has; it does not run.
func withPerformance<Value: Sendable>(
    on server: PrivateRedis, limits: PerformanceLimits = PerformanceLimits(), clock: CacheClock = .system, logger: Logger = .silent,
    configuration: RedisConfiguration? = nil, _ body: @Sendable (PerformanceLogger) async throws -> Value
) async throws -> Value {
    try await RedisClient.withClient(configuration ?? server.configuration, logger: .silent) { redis in
        try await body(PerformanceLogger(.redis(redis), limits: limits, clock: clock, logger: logger))
    }
}

/// The same, running.
func withRunningPerformance<Value: Sendable>(
    on server: PrivateRedis, limits: PerformanceLimits = PerformanceLimits(), logger: Logger = .silent,
    configuration: RedisConfiguration? = nil, _ body: @Sendable (PerformanceLogger) async throws -> Value
) async throws -> Value {
    try await withPerformance(on: server, limits: limits, logger: logger, configuration: configuration) { performance in
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await performance.run() }
            defer { group.cancelAll() }
            return try await body(performance)
        }
    }
}

extension PrivateRedis {
    /// The durations in an operation's stream, oldest first, read without the code under test.
    func durations(of operation: String) async throws -> [Double] {
        let entries = try await ask("XRANGE", .text("usdcop:performance:\(operation)"), "-", "+").array ?? []
        return try entries.map { entry in
            let fields = try #require(entry.array?.last?.array?.map { $0.text ?? "" })
            let place = try #require(fields.firstIndex(of: "duration_ms"))
            return try #require(Double(fields[place + 1]))
        }
    }

    /// How many entries a stream ever got.
    func added(to operation: String) async throws -> Int64 {
        let info = try await ask("XINFO", "STREAM", .text("usdcop:performance:\(operation)")).array ?? []
        let place = try #require(info.firstIndex { $0.text == "entries-added" })
        return try #require(info[place + 1].integer)
    }
}

/// A clock that a test moves.
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

import Foundation
import Hiredis
import Logging
import RedisTesting
import TestTurns
import Testing

/// Tests against real servers and real sockets, one at a time: they measure time.
@Suite(.takesTurns, .serialized) enum Live {}

extension Live {
    /// Whether the long variants are asked for.
    static let isSoak = ProcessInfo.processInfo.environment["USDCOP_SOAK"] == "1"

    /// Runs a client that logs nothing for the length of `body`.
    static func withClient<Value: Sendable>(
        _ configuration: RedisConfiguration, _ body: @Sendable (RedisClient) async throws -> Value
    ) async throws -> Value {
        try await RedisClient.withClient(configuration, logger: .silent, body)
    }

    /// A configuration that leads through a proxy or to a rogue server.
    static func configuration(port: Int) -> RedisConfiguration {
        RedisConfiguration(endpoint: .tcp(host: "127.0.0.1", port: port))
    }
}

/// Runs `body` and measures it.
func timed<Value>(_ body: () async throws -> Value) async rethrows -> (value: Value, time: Duration) {
    let start = ContinuousClock.now
    let value = try await body()
    return (value, ContinuousClock.now - start)
}

extension RedisClient {
    /// Waits for a status by the client's own updates; an error when it does not come within ten seconds.
    @discardableResult
    func status(that isIt: @escaping @Sendable (RedisStatus) -> Bool) async throws -> RedisStatus {
        try await withThrowingTaskGroup(of: RedisStatus.self) { group in
            group.addTask {
                for await status in self.statusUpdates() where isIt(status) { return status }
                throw NeverHappened()
            }
            group.addTask {
                try await Task.sleep(for: .seconds(10))
                throw NeverHappened()
            }
            defer { group.cancelAll() }
            return try await group.next() ?? .shutDown
        }
    }

    /// Waits for a connection.
    func ready() async throws { try await status { $0.isReady } }

    /// Waits until commands fail at once, and gives the error that they fail with.
    @discardableResult
    func circuitOpen() async throws -> RedisError {
        var last: RedisError?
        try await eventually {
            do {
                _ = try await send(RedisCommand("PING", access: .read), timeout: .milliseconds(20))
            } catch let error as RedisError {
                last = error
            }
            return last?.code == .circuitOpen
        }
        return try #require(last)
    }

    /// What a command fails with.
    func failure(of command: RedisCommand, timeout: Duration? = nil) async throws -> RedisError {
        try await #require(throws: RedisError.self) { try await self.send(command, timeout: timeout) }
    }
}

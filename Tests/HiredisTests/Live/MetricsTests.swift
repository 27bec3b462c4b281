import CoreMetrics
import MetricsTestKit
import NIOCore
import RedisTesting
import Testing

@testable import Hiredis

extension Live {
    @Suite(.timeLimit(.minutes(1)))
    struct MetricsTests {
        private let metrics = TestMetrics()

        private func count(_ command: String, _ outcome: String, script: String? = nil) throws -> Int64 {
            let script = script.map { [("script", $0)] } ?? []
            return try metrics.expectCounter(
                "usdcop_redis_commands_total", [("command", command)] + script + [("outcome", outcome)]
            ).totalValue
        }

        /// Runs a client that counts here.
        private func withClient(_ configuration: RedisConfiguration, _ body: @Sendable (RedisClient) async throws -> Void) async throws {
            let client = RedisClient(configuration: configuration, logger: .silent, metrics: metrics)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await client.run() }
                defer { group.cancelAll() }
                try await body(client)
            }
        }

        @Test func `commands are counted and timed by name and outcome`() async throws {
            let redis = try await PrivateRedis.startOpen()
            try await withClient(redis.configuration) { client in
                _ = try await client.send(RedisCommand("SET", ["a", "1"]))
                for _ in 0..<3 { _ = try await client.get("a") }
                _ = try await client.failure(of: RedisCommand("LPUSH", ["a", "1"]))
                redis.pause()
                _ = try await client.failure(of: RedisCommand("GET", ["a"]), timeout: .milliseconds(20))
                redis.resume()
            }
            #expect(try count("set", "ok") == 1)
            #expect(try count("get", "ok") == 3)
            #expect(try count("lpush", "rejected") == 1)
            #expect(try count("get", "unknown") == 1)
            let times = try metrics.expectTimer("usdcop_redis_command_duration_seconds", [("command", "get")]).values
            #expect(times.count == 4)
            #expect(try #require(times.last) >= 20_000_000)
            #expect(try metrics.expectCounter("usdcop_redis_connections_total").totalValue == 1)
            #expect(try metrics.expectGauge("usdcop_redis_circuit_open").lastValue == 0)
        }

        @Test func `scripts are counted by their names, and one without a name as the command that it is`() async throws {
            let redis = try await PrivateRedis.startOpen()
            try await withClient(redis.configuration) { client in
                _ = try await client.run(RedisScript(named: "addOne", "return 1"), keys: [], arguments: [])
                _ = try await client.run(RedisScript("return 2"), keys: [], arguments: [])
            }
            // EVALSHA finds nothing the first time, and EVAL teaches it.
            #expect(try count("evalsha", "ok", script: "addOne") == 1)
            #expect(try count("eval", "ok") == 1)
        }

        @Test func `an outage is told once, and what never left is not timed`() async throws {
            let port = try FreePort.find()
            try await withClient(Live.configuration(port: port)) { client in
                try await client.circuitOpen()
                _ = try await client.failure(of: RedisCommand("GET", ["a"]))
            }
            #expect(try count("get", "not_sent") == 1)
            #expect(try metrics.expectTimer("usdcop_redis_command_duration_seconds", [("command", "get")]).values.isEmpty)
            #expect(try metrics.expectCounter("usdcop_redis_connections_failed_total").totalValue > 0)
        }

        @Test func `ten thousand names, however hostile, make a bounded number of series`() {
            let redis = RedisMetrics(metrics)
            for number in 0..<10_000 {
                let name = number.isMultiple(of: 2) ? "command\(number)" : "x\"} 1\n\(number)"
                redis.ended(RedisCommandLabel(command: name), began: .now(), outcome: nil)
            }
            let series = metrics.counters.filter { $0.label == "usdcop_redis_commands_total" }
            #expect(series.count <= 4 * (RedisMetrics.maximumLabels + 1))
            #expect(series.allSatisfy { counter in counter.dimensions.allSatisfy { !$0.1.contains("\"") } })
            #expect(series.reduce(0) { $0 + $1.totalValue } == 10_000)
        }
    }
}

import CacheServices
import Foundation
import Hiredis
import Logging
import RedisTesting
import TestTurns
import Testing

@testable import HealthServices

/// Three monitors as processes, whose leader is killed or stopped while what they watch comes and goes. Fifty times with `USDCOP_SOAK=1`.
@Suite(.takesTurns, .timeLimit(.minutes(30)))
struct LeadershipTests {
    private static let isSoak = ProcessInfo.processInfo.environment["USDCOP_SOAK"] == "1"

    private enum Fault: CaseIterable {
        case killed, stopped
    }

    @Test func `whatever happens to the leader, every transition arrives, each under one identity`() async throws {
        try await Program.withRedis { program, redis async throws in
            let sink = WebhookSink()
            let hook = "http://127.0.0.1:\(try await sink.start())/hook"
            let port = try FreePort.find()
            let config = #"{"url":"tcp://127.0.0.1:\#(port)","check_interval_ms":500,"timeout_ms":300}"#
            try await redis.ask("HSET", "usdcop:health:services", "gateway", .text(config))
            var monitors = try (0..<3).map { _ in try Self.monitor(program, hook) }
            var server: RogueServer? = try await RogueServer.start(port: port, on: .connect, [])
            try await eventually(within: .seconds(20)) { try await Self.confirmed(redis) == "healthy" }
            var (expected, times): ([String], [Duration]) = ([], [])
            var (refused, late) = (0, 0)
            let rounds = Self.isSoak ? 50 : 4
            for round in 0..<rounds {
                let fault = Fault.allCases[round % Fault.allCases.count]
                let leader = try await Self.leader(of: monitors, redis)
                let lease = try #require(try await redis.ask("GET", "usdcop:health:leader").text)
                // The change comes first, so that the leader may be in the middle of telling it.
                if let up = server {
                    try await up.stop()
                    server = nil
                } else {
                    server = try await RogueServer.start(port: port, on: .connect, [])
                }
                let changed = ContinuousClock.now
                if round % 4 >= 2 { try await Task.sleep(for: .milliseconds(Int.random(in: 0...1300))) }
                monitors[leader].signal(fault == .killed ? SIGKILL : SIGSTOP)
                expected.append(server == nil ? "unhealthy" : "healthy")
                try await eventually(within: .seconds(20)) { Self.arrived(sink).count == expected.count }
                times.append(changed.duration(to: .now))
                // What the former leader had on its way, to the byte: Redis takes nothing of it.
                try await eventually(within: .seconds(20)) {
                    let held = try await redis.ask("GET", "usdcop:health:leader").text
                    return held != nil && held != lease
                }
                if try await Self.isRefused(lease, redis) { refused += 1 }
                switch fault {
                case .killed:
                    _ = try await monitors[leader].end()
                    monitors[leader] = try Self.monitor(program, hook)
                case .stopped: monitors[leader].signal(SIGCONT)
                }
            }
            #expect(Self.arrived(sink).map(\.change) == expected)
            #expect(refused == rounds)
            // The record has the same, and nothing that did not arrive.
            let told = try await Self.told(redis)
            #expect(told.map(\.change) == expected)
            #expect(Set(told.map(\.id)) == Set(Self.arrived(sink).map(\.id)))
            let repeats = Self.requests(sink).count - expected.count
            #expect(repeats <= 1 + rounds / 10)
            for monitor in monitors { monitor.signal(SIGTERM) }
            for monitor in monitors {
                let run = try await monitor.end()
                #expect(run.status == 0)
                late += run.errors.components(separatedBy: "a check came too late").count - 1
            }
            if let server { try await server.stop() }
            guard Self.isSoak else { return }
            times.sort()
            print(
                "the leader was killed or stopped \(rounds) times: \(expected.count) transitions, \(repeats) repeats, \(refused) writes of former",
                "leaders refused (and \(late) of their own); from the change to its arrival \(times[rounds / 2]), at most \(times[rounds - 1])"
            )
        }
    }

    private static func monitor(_ program: Program, _ hook: String) throws -> RunningProgram {
        try program.start(
            ["serve", "--port", "0", "--log-level", "info", "--log-format", "json"],
            environment: [
                "USDCOP_STATE_DIR": "/tmp/none-\(UUID().uuidString.prefix(8))", "USDCOP_ALERT_WEBHOOKS": hook, "USDCOP_ALERT_SPACING": "0s",
            ])
    }

    /// Which of the processes holds the lease, by the fencing number that it logged.
    private static func leader(of monitors: [RunningProgram], _ redis: PrivateRedis) async throws -> Int {
        var found: Int?
        try await eventually(within: .seconds(10)) {
            let fence = try await redis.ask("GET", "usdcop:health:leader").text?.split(separator: " ").last
            found = fence.flatMap { fence in monitors.firstIndex { $0.errors.contains(fence) } }
            return found != nil
        }
        return try #require(found)
    }

    private static func confirmed(_ redis: PrivateRedis) async throws -> String? {
        try await redis.ask("HGET", "usdcop:health:transitions", "gateway").text?.split(separator: " ").first.map(String.init)
    }

    /// Whether a check under a lease of before changes nothing.
    private static func isRefused(_ lease: String, _ redis: PrivateRedis) async throws -> Bool {
        let health = ServiceHealth(service: "gateway", status: .degraded, latency: .milliseconds(700), lastCheck: .now)
        let fence = lease.split(separator: " ").last.flatMap { Int($0) } ?? 0
        let check = RecordedCheck(health: health, success: true, fence: fence, number: 1_000_000)
        return try await RedisClient.withClient(redis.configuration, logger: .silent) { client in
            let store = HealthStore(client, namespace: .standard)
            let outcome = try await store.record(check, lease: "usdcop:health:leader", value: lease, alertAfter: 1)
            let statuses = try await store.history("gateway", limit: 1000).map(\.status)
            return outcome == .fenced && !statuses.contains(.degraded)
        }
    }

    /// What arrived of the service, repeats included.
    private static func requests(_ sink: WebhookSink) -> [(id: String, change: String)] {
        sink.requests.compactMap { request in
            guard let alert = try? JSONParser.parse(request.body), alert["service"] == "gateway" else { return nil }
            return (request.key ?? "", alert["to"]?.text ?? "")
        }
    }

    /// Each once, in the order of the first arrivals.
    private static func arrived(_ sink: WebhookSink) -> [(id: String, change: String)] {
        var seen: Set<String> = []
        return requests(sink).filter { seen.insert($0.id).inserted }
    }

    private static func told(_ redis: PrivateRedis) async throws -> [(id: String, change: String)] {
        let entries = try await redis.ask("XRANGE", "usdcop:alerts", "-", "+").array ?? []
        return entries.compactMap { entry in
            guard let fields = entry.array?.last?.array, fields.count == 6,
                let alert = fields[5].bytes.flatMap({ try? JSONParser.parse($0) }),
                alert["service"] == "gateway"
            else { return nil }
            return (fields[3].text ?? "", alert["to"]?.text ?? "")
        }
    }
}

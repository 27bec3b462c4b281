import CacheServices
import Foundation
import Hiredis
import RedisTesting
import Testing

/// Three monitors as processes, whose leader is killed or stopped while what they watch comes and goes.
@Suite(.timeLimit(.minutes(30)))
struct LeadershipTests {
    private static let isSoak = ProcessInfo.processInfo.environment["USDCOP_SOAK"] == "1"

    private enum Fault: CaseIterable {
        case killed, stopped
    }

    @Test func `whatever happens to the leader, every transition is told once`() async throws {
        try await Program.withRedis { program, redis async throws in
            let port = try FreePort.find()
            let config = #"{"url":"tcp://127.0.0.1:\#(port)","check_interval_ms":500,"timeout_ms":300}"#
            try await redis.ask("HSET", "usdcop:health:services", "gateway", .text(config))
            var monitors = try (0..<3).map { _ in try Self.monitor(program) }
            var server: RogueServer? = try await RogueServer.start(port: port, on: .connect, [])
            try await eventually(within: .seconds(20)) { try await Self.confirmed(redis) == "healthy" }
            var expected: [String] = []
            let rounds = Self.isSoak ? 50 : 4
            for round in 0..<rounds {
                let fault = Fault.allCases[round % Fault.allCases.count]
                let leader = try await Self.leader(of: monitors, redis)
                // The change comes first, so that the leader may be in the middle of telling it.
                if let up = server {
                    try await up.stop()
                    server = nil
                } else {
                    server = try await RogueServer.start(port: port, on: .connect, [])
                }
                if round % 4 >= 2 { try await Task.sleep(for: .milliseconds(Int.random(in: 0...900))) }
                monitors[leader].signal(fault == .killed ? SIGKILL : SIGSTOP)
                expected.append(server == nil ? "healthy>unhealthy" : "unhealthy>healthy")
                try await eventually(within: .seconds(15)) { try await Self.told(redis).count == expected.count }
                switch fault {
                case .killed:
                    _ = try await monitors[leader].end()
                    monitors[leader] = try Self.monitor(program)
                case .stopped: monitors[leader].signal(SIGCONT)
                }
            }
            let alerts = try await Self.told(redis)
            #expect(alerts.map(\.change) == expected)
            #expect(Set(alerts.map(\.id)).count == expected.count)
            // All of them read the same.
            for monitor in monitors { monitor.signal(SIGTERM) }
            for monitor in monitors { #expect(try await monitor.end().status == 0) }
            if let server { try await server.stop() }
        }
    }

    private static func monitor(_ program: Program) throws -> RunningProgram {
        try program.start(
            ["serve", "--port", "0", "--log-level", "info", "--log-format", "json"],
            environment: ["USDCOP_STATE_DIR": "/tmp/none-\(UUID().uuidString.prefix(8))"])
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

    private static func told(_ redis: PrivateRedis) async throws -> [(id: String, change: String)] {
        let entries = try await redis.ask("XRANGE", "usdcop:alerts", "-", "+").array ?? []
        return entries.compactMap { entry in
            guard let fields = entry.array?.last?.array, fields.count == 6,
                let alert = fields[5].bytes.flatMap({ try? JSONParser.parse($0) }),
                alert["service"] == "gateway"
            else { return nil }
            return (fields[3].text ?? "", "\(alert["from"]?.text ?? "")>\(alert["to"]?.text ?? "")")
        }
    }
}

import CacheServices
import Foundation
import HealthServices
import Hiredis
import Logging
import RedisTesting
import TestTurns
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// What everybody says who asks, when the monitor is gone and nobody takes its place.
@Suite(.takesTurns, .timeLimit(.minutes(2)))
struct MonitorReadersTests {
    private static let interval = Duration.seconds(1)

    @Test func `the monitor dies: within three intervals HTTP, metrics, command line and library say so`() async throws {
        try await Program.withRedis { program, redis async throws in
            let port = try FreePort.find()
            let server = try await RogueServer.start(port: port, on: .connect, [])
            let config = #"{"url":"tcp://127.0.0.1:\#(port)","check_interval_ms":1000,"timeout_ms":500}"#
            try await redis.ask("HSET", "usdcop:health:services", "gateway", .text(config))
            let monitor = try program.start(["serve", "--port", "0"], environment: Self.surroundings())
            try await eventually(within: .seconds(20)) { try await redis.ask("EXISTS", "usdcop:health:leader").integer == 1 }
            let http = try FreePort.find()
            let reader = try program.start(["serve", "--port", "\(http)"], environment: Self.surroundings())
            try await RedisClient.withClient(redis.configuration, logger: .silent) { client async throws in
                let library = HealthChecker(redis: client, settings: HealthSettings(), isLasting: false, audit: nil, logger: .silent)
                // All say that it is well, also the process that does not look itself.
                try await eventually(within: .seconds(20)) { (try? await Self.metrics(http)) == 1 }
                #expect(try await Self.http(http)["status"] == "healthy")
                #expect(try await Self.commandLine(program)["status"] == "healthy")
                #expect(await library.getServiceHealth("gateway")?.status == .healthy)

                // It hangs first and never comes back, and something holds its place: nobody looks.
                monitor.signal(SIGSTOP)
                try await redis.ask("SET", "usdcop:health:leader", "ghost 1", "PX", "600000")
                monitor.signal(SIGKILL)
                let end = ContinuousClock.now
                try await eventually { end.duration(to: .now) >= Self.interval * 3 }
                #expect(try await Self.metrics(http) == 0)
                let answers = [
                    try await Self.http(http), try await Self.commandLine(program),
                    try #require(await library.getServiceHealth("gateway")).jsonValue,
                ]
                for answer in answers {
                    #expect(answer["status"] == "unhealthy")
                    #expect(answer["metadata"]?["reason"]?.text?.hasSuffix("nobody seems to check") == true)
                    #expect(answer["metadata"]?["last_status"] == "healthy")
                }
                #expect(try await program.run("health", "status").status == 1)
            }
            reader.signal(SIGTERM)
            #expect(try await reader.end().status == 0)
            try await server.stop()
        }
    }

    private static func surroundings() -> [String: String] { ["USDCOP_STATE_DIR": "/tmp/none-\(UUID().uuidString.prefix(8))"] }

    private static func get(_ port: Int, _ path: String) async throws -> [UInt8] {
        let url = try #require(URL(string: "http://127.0.0.1:\(port)\(path)"))
        return Array(try await URLSession.shared.data(from: url).0)
    }

    private static func gateway(_ health: JSONValue) throws -> JSONValue {
        try #require(health["services"]?.elements?.first { $0["service"] == "gateway" })
    }

    private static func http(_ port: Int) async throws -> JSONValue {
        try gateway(try JSONParser.parse(try await get(port, "/api/health/services")))
    }

    /// Whether the exposition has it for well: 1 or 0.
    private static func metrics(_ port: Int) async throws -> Double? {
        let text = String(decoding: try await get(port, "/metrics"), as: UTF8.self)
        let line = text.split(separator: "\n").first { $0.hasPrefix(#"usdcop_service_status{service="gateway",status="healthy"}"#) }
        return line?.split(separator: " ").last.flatMap { Double($0) }
    }

    private static func commandLine(_ program: Program) async throws -> JSONValue {
        try gateway(try await program.run("health", "status", "--json").json)
    }
}

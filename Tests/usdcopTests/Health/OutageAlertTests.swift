import CacheServices
import Foundation
import Hiredis
import RedisTesting
import TestTurns
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Two services as processes, whose Redis is killed and comes back: who tells whom, and what is on record.
@Suite(.takesTurns, .timeLimit(.minutes(3)))
struct OutageAlertTests {
    @Test func `the absence of Redis is told while it lasts, and is on record when it is over`() async throws {
        let redis = try await PrivateRedis.start("--appendonly", "yes", "--appendfsync", "always")
        defer { redis.stop() }
        let program = Program(url: redis.url)
        let sink = WebhookSink()
        let environment = [
            "USDCOP_ALERT_WEBHOOKS": "http://127.0.0.1:\(try await sink.start())/hook", "USDCOP_ALERT_SPACING": "0s",
            "USDCOP_STATE_DIR": redis.directory.appendingPathComponent("state").path,
        ]
        let ports = [try FreePort.find(), try FreePort.find()]
        let services = try ports.map { try program.start(["serve", "--port", "\($0)", "--log-format", "json"], environment: environment) }
        // Looked at more often than usual, so that the test is short: the processes take it from Redis.
        let config = #"{"checked_by":"redis","check_interval_ms":500,"timeout_ms":300}"#
        try await eventually(within: .seconds(30)) {
            _ = try await redis.ask("HSET", "usdcop:health:services", "redis", .text(config))
            let isQuick = try await redis.ask("HGET", "usdcop:health:services", "redis").text == config
            return isQuick
                && services.allSatisfy { $0.errors.contains("for all processes") || $0.errors.contains("another process monitors") }
        }
        try await eventually(within: .seconds(30)) {
            try await redis.ask("HGET", "usdcop:health:transitions", "redis").text?.hasPrefix("healthy healthy ") == true
        }
        // Both have read so by now: each looks four times in an interval.
        let seen = try await redis.ask("XLEN", "usdcop:health:history:redis").integer ?? 0
        try await eventually(within: .seconds(30)) { try await redis.ask("XLEN", "usdcop:health:history:redis").integer ?? 0 > seen + 4 }

        redis.kill()
        try await eventually(within: .seconds(30)) { sink.requests.count == 2 }
        let told = try sink.requests.map { try JSONParser.parse($0.body) }
        #expect(told.allSatisfy { $0["service"] == "redis" && $0["to"] == "unhealthy" && $0["source"] == "this_process" })
        #expect(Set(sink.requests.map(\.key)).count == 1)
        #expect(Set(told.map { $0["seen_by"] }).count == 2)

        try await redis.start()
        try await eventually(within: .seconds(30)) { sink.requests.count == 3 }
        #expect(try JSONParser.parse(sink.requests[2].body)["to"] == "healthy")
        // Both say the same, by the command line and over HTTP.
        try await eventually(within: .seconds(30)) {
            let alerts = try await program.run("health", "alerts", "--json").json["alerts"]?.elements ?? []
            return alerts.map { $0["to"] } == ["healthy", "unhealthy"] && alerts.map { $0["deliveries"]?.elements?.count } == [1, 2]
        }
        for port in ports {
            let url = try #require(URL(string: "http://127.0.0.1:\(port)/api/alerts"))
            let page = try JSONParser.parse(Array(try await URLSession.shared.data(from: url).0))
            #expect(page["alerts"]?.elements?.map { $0["id"]?.text } == [sink.requests[2].key, sink.requests[0].key])
            #expect(
                page["alerts"]?.elements?.allSatisfy { $0["deliveries"]?.elements?.allSatisfy { $0["result"] == "sent" } == true } == true)
        }
        for service in services { service.signal(SIGTERM) }
        for service in services { #expect(try await service.end().status == 0) }
        #expect(sink.requests.count == 3)
    }
}

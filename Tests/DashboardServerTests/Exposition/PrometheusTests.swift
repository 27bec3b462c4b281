import CacheServices
import Foundation
import LoggingServices
import RedisTesting
import TestTurns
import Testing

@testable import DashboardServer

/// A real Prometheus scrapes the real service, by the files that come with the Compose setup.
@Suite(.takesTurns, .serialized, .timeLimit(.minutes(2)))
struct PrometheusTests {
    private static let key = "prometheus-test-key"

    private static func withPrometheus(_ body: @Sendable (RunningService, PrivatePrometheus) async throws -> Void) async throws {
        try await RunningService.with {
            $0.keys = KeyRing([
                (KeyRing.Holder(name: "prometheus", role: .reader), key),
                (KeyRing.Holder(name: "desk", role: .writer), "desk-test-key-1234"),
            ])
        } _: { (service) async throws in
            let prometheus = try await PrivatePrometheus(scraping: service.port, token: key)
            try await body(service, prometheus)
        }
    }

    @Test func `it scrapes with a reader's key, its queries answer what the service did, and its alerts see an outage`() async throws {
        try await Self.withPrometheus { service, prometheus in
            let desk = [("X-API-Key", "desk-test-key-1234")]
            for number in 0..<5 {
                let signal = Samples.signal("s\(number)", at: "2025-01-15T10:30:0\(number).000Z")
                #expect(try await service.send("POST", "/api/cache/signals", #"{"signal": \#(signal)}"#, headers: desk).status == 201)
            }
            for _ in 0..<7 { _ = try await service.get("/api/cache/signals", headers: desk) }
            // Prometheus looks at new targets every five seconds.
            try await eventually(within: .seconds(20)) { try await prometheus.value(#"usdcop_cache_hits_total{backend="redis"}"#) == 7 }
            #expect(try await prometheus.value(#"up{job="usdcop"}"#) == 1)
            #expect(try await prometheus.value(#"usdcop_http_requests_total{route="/api/cache/signals",method="POST",status="201"}"#) == 5)
            let quantile = #"histogram_quantile(0.99, sum by (le) (usdcop_redis_command_duration_seconds_bucket{command="get"}))"#
            let slowest = try #require(try await prometheus.value(quantile))
            #expect(slowest > 0 && slowest < 10)
            let kinds = try await prometheus.get("/api/v1/metadata?metric=usdcop_http_request_duration_seconds")
            #expect(kinds?.json["data"]?["usdcop_http_request_duration_seconds"]?.elements?.first?["type"] == "histogram")
            #expect(try await prometheus.get("/api/v1/targets?state=active")?.text.contains("\"lastError\":\"\"") == true)

            // The alert waits for half a minute before it fires, which its unit test shows.
            #expect(try await prometheus.query(#"ALERTS{alertname="UsdcopRedisAway"}"#).isEmpty)
            service.redis.kill()
            try await eventually { try await !prometheus.query(#"ALERTS{alertname="UsdcopRedisAway"}"#).isEmpty }
        }
    }

    @Test func `it takes every expression of the dashboard and every alert, and each names metrics that are there`() async throws {
        try await Self.withPrometheus { service, prometheus in
            let desk = [("X-API-Key", "desk-test-key-1234")]
            _ = try await service.get("/api/cache/signals", headers: desk)
            // The log of the process is known to the executable alone, which hands its figures over.
            let names = try await service.metrics(headers: desk).names.union(LogOutput([]).metrics().map(\.name))
                // Where the API is HTTPS.
                .union(["usdcop_tls_certificate_end_timestamp_seconds"])
            try await eventually(within: .seconds(20)) { try await prometheus.value("usdcop_redis_up") == 1 }

            let dashboard = try Self.expressions()
            #expect(dashboard.count > 30)
            for expression in dashboard { _ = try await prometheus.query(expression) }

            let groups = try #require(try await prometheus.get("/api/v1/rules")?.json["data"]?["groups"]?.elements)
            let alerts = groups.flatMap { $0["rules"]?.elements ?? [] }
            #expect(alerts.count >= 17)
            for alert in alerts { #expect(alert["lastError"]?.text ?? "" == "") }

            for expression in dashboard + alerts.compactMap({ $0["query"]?.text }) {
                let named = expression.matches(of: /\b(usdcop|process)_[a-z0-9_]+/).map { String($0.output.0) }
                #expect(!named.isEmpty || expression.hasPrefix("up{"), "\(expression)")
                #expect(named.filter { !names.contains($0) } == [], "\(expression)")
            }
        }
    }

    /// The expressions of all panels and annotations, with Grafana's variables filled in.
    private static func expressions() throws -> [String] {
        let file = try Data(contentsOf: projectFile("scripts/docker/grafana/dashboards/usdcop.json"))
        let dashboard = try JSONParser.parse(Array(file))
        let panels = (dashboard["panels"]?.elements ?? []).flatMap { $0["targets"]?.elements ?? [] }
        let annotations = dashboard["annotations"]?["list"]?.elements ?? []
        return (panels + annotations).compactMap { $0["expr"]?.text }.map {
            $0.replacingOccurrences(of: "$__rate_interval", with: "1m").replacingOccurrences(of: "$instance", with: ".*")
        }
    }
}

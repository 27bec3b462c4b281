import CacheServices
import Hiredis
import LoggingServices
import NIOCore
import RedisTesting
import TestTurns
import Testing

@testable import DashboardServer

@Suite(.takesTurns, .serialized, .timeLimit(.minutes(1)))
struct ExpositionRouteTests {
    private static let constantEvent = #"{"event_type": "SYSTEM_EVENT", "data": {"event": "desk opened"}}"#

    @Test func `requests are counted by the pattern of their route, method and status`() async throws {
        try await RunningService.with { (service) async throws in
            for name in ["USDCOP", "EURCOP", "USD%2FCOP"] { #expect(try await service.get("/api/cache/positions/\(name)").status == 200) }
            _ = try await service.get("/api/cache/positions/no%20symbol")
            _ = try await service.send("PUT", "/api/cache/positions/USDCOP", #"{"position": \#(Samples.position)}"#)
            _ = try await service.request("HEAD", "/livez")
            _ = try await service.request("DELETE", "/livez")
            _ = try await service.get("/nowhere/in/particular")
            let metrics = try await service.metrics()
            let positions = #"route="/api/cache/positions/{symbol}""#
            #expect(metrics[#"usdcop_http_requests_total{method="GET",\#(positions),status="200"}"#] == 3)
            #expect(metrics[#"usdcop_http_requests_total{method="GET",\#(positions),status="400"}"#] == 1)
            #expect(metrics[#"usdcop_http_request_duration_seconds_count{method="PUT",\#(positions)}"#] == 1)
            #expect(metrics[#"usdcop_http_request_duration_seconds_count{method="GET",\#(positions)}"#] == 4)
            #expect(metrics[#"usdcop_http_requests_total{method="HEAD",route="/livez",status="200"}"#] == 1)
            #expect(metrics[#"usdcop_http_requests_total{method="DELETE",route="/livez",status="405"}"#] == 1)
            #expect(metrics[#"usdcop_http_requests_total{method="GET",route="unmatched",status="404"}"#] == 1)
            // The scrape itself.
            #expect(metrics["usdcop_http_requests_in_flight"] == 1)
            #expect(try await service.metrics()[#"usdcop_http_requests_total{method="GET",route="/metrics",status="200"}"#] == 1)
        }
    }

    @Test func `commands, cache reads and audit events are counted, and promtool finds nothing wrong`() async throws {
        try await RunningService.with { (service) async throws in
            _ = try await service.get("/api/cache/metrics/custom/a")
            _ = try await service.send("PUT", "/api/cache/metrics/custom/a", #"{"value": 1}"#)
            for _ in 0..<3 { _ = try await service.get("/api/cache/metrics/custom/a") }
            for _ in 0..<2 { _ = try await service.send("POST", "/api/audit/signals", Self.constantEvent) }
            let key = [("Idempotency-Key", "once")]
            for _ in 0..<2 { _ = try await service.send("POST", "/api/audit/signals", Self.constantEvent, headers: key) }
            let audited = #"{"signal": \#(Samples.signal), "audit": true}"#
            #expect(try await service.send("POST", "/api/cache/signals", audited).status == 201)
            service.service.performance.logLatency(OperationName("match"), durationMS: .infinity)

            let reply = try await service.get("/metrics")
            #expect(reply.status == 200)
            #expect(reply["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8")
            let metrics = MetricsText(reply.text)
            #expect(metrics[#"usdcop_cache_hits_total{backend="redis"}"#] == 3)
            #expect(metrics[#"usdcop_cache_misses_total{backend="redis"}"#] == 1)
            #expect(metrics[#"usdcop_redis_commands_total{command="get",outcome="ok"}"#] ?? 0 >= 4)
            #expect(metrics[#"usdcop_redis_commands_total{command="evalsha",outcome="ok",script="setMetric"}"#] == 1)
            #expect(metrics[#"usdcop_redis_command_duration_seconds_count{command="get"}"#] ?? 0 >= 4)
            #expect(metrics[#"usdcop_audit_appends_total{durability="aof-everysec"}"#] == 4)
            #expect(metrics["usdcop_audit_repeats_total"] == 1)
            #expect(metrics.sum("usdcop_audit_refusals_total") == 0)
            #expect(metrics["usdcop_audit_backlog_events"] == 0)
            #expect(metrics["usdcop_redis_up"] == 1)
            #expect(metrics["usdcop_redis_connections_total"] == 1)
            #expect(metrics[#"usdcop_cache_mode{mode="redis"}"#] == 1)
            #expect(metrics["usdcop_performance_samples_refused_total"] == 1)
            #expect(metrics["process_cpu_seconds_total"] ?? 0 > 0)
            #expect(metrics[#"usdcop_build_info{swift="6.3",version="0.1.0"}"#] == 1 || metrics.sum("usdcop_build_info") == 1)
            let library = MetricCatalogue.standard.help(for: "of a library")
            #expect(metrics.help.filter { $0.value == library }.keys.sorted() == [], "every metric of our own says what it means")

            let check = try ToolRun(["promtool", "check", "metrics"], input: reply.text)
            #expect(check.status == 0 && check.output.isEmpty, "\(check.output)")
        }
    }

    @Test func `an outage shows at once, and so does its end`() async throws {
        try await RunningService.with { (service) async throws in
            _ = try await service.send("PUT", "/api/cache/metrics/custom/a", #"{"value": 1}"#)
            service.redis.kill()
            try await eventually { try await service.metrics()["usdcop_redis_up"] == 0 }
            _ = try await service.get("/api/cache/metrics/custom/a")
            _ = try await service.send("PUT", "/api/cache/metrics/custom/a", #"{"value": 2}"#)
            let refused = try await service.send("POST", "/api/audit/signals", Self.constantEvent)
            #expect(refused.status == 503)
            let away = try await service.metrics()
            #expect(away[#"usdcop_cache_mode{mode="memory"}"#] == 1)
            #expect(away[#"usdcop_cache_mode{mode="redis"}"#] == 0)
            #expect(away[#"usdcop_cache_hits_total{backend="memory"}"#] == 1)
            #expect(away["usdcop_cache_pending_writes"] == 1)
            #expect(away["usdcop_redis_connections_lost_total"] == 1)
            // The event of the test, and that Redis is away, which is an event itself.
            try await eventually { try await service.metrics().sum("usdcop_audit_refusals_total") == 2 }
            try await eventually { try await service.metrics()["usdcop_redis_circuit_open"] == 1 }
            #expect(try await service.metrics()["usdcop_redis_connections_failed_total"] ?? 0 > 0)

            try await service.redis.start()
            try await eventually {
                let back = try await service.metrics()
                return back["usdcop_redis_up"] == 1 && back["usdcop_redis_circuit_open"] == 0 && back["usdcop_cache_pending_writes"] == 0
                    && back["usdcop_redis_connections_total"] == 2
            }
        }
    }

    @Test func `with a journal, events of an outage are counted as spooled and wait in the backlog`() async throws {
        let state = try ScratchState()
        try await RunningService.with {
            $0.audit.stateDirectory = state.url
        } _: { (service) async throws in
            #expect(try await service.send("POST", "/api/audit/signals", Self.constantEvent).status == 201)
            service.redis.kill()
            for _ in 0..<3 { #expect(try await service.send("POST", "/api/audit/signals", Self.constantEvent).status == 202) }
            // The fourth is that of the monitor of services: Redis is away.
            let spooled = #"usdcop_audit_appends_total{durability="spooled"}"#
            try await eventually { try await service.metrics()[spooled] == 4 }
            let away = try await service.metrics()
            #expect(away[spooled] == 4)
            #expect(away["usdcop_audit_backlog_events"] == 4)
            #expect(away[#"usdcop_audit_mode{mode="spooling"}"#] == 1)
            try await service.redis.start()
            try await eventually { try await service.metrics()["usdcop_audit_backlog_events"] == 0 }
        }
    }

    /// Waits for the first check of a service, which makes a series of its own.
    private static func checked(_ service: RunningService) async throws {
        try await eventually { try await service.metrics()[#"usdcop_service_latency_seconds{service="redis"}"#] != nil }
    }

    @Test func `ten thousand paths, names and methods make no new series`() async throws {
        try await RunningService.with { (service) async throws in
            func ask(_ numbers: Range<Int>) async throws {
                try await RawConnection.open(port: service.port) { connection in
                    for start in stride(from: numbers.lowerBound, to: numbers.upperBound, by: 50) {
                        let batch = start..<min(start + 50, numbers.upperBound)
                        let requests = batch.flatMap { number in
                            ["/p\(number)/%22%7D%0A", "/api/cache/metrics/custom/m\(number)"].map {
                                "GET \($0) HTTP/1.1\r\nHost: localhost\r\nX-Request-ID: id-\(number)\r\n\r\n"
                            }
                        }
                        try await connection.send(requests.joined())
                        for _ in requests { _ = try await connection.reply() }
                    }
                }
            }
            try await ask(0..<10)
            try await Self.checked(service)
            let before = try await service.metrics()
            try await ask(10..<5_010)
            let after = try await service.metrics()
            // What the service does by itself meanwhile may be the first of its kind, and is no name that somebody sent.
            let new = after.values.keys.filter { before.values[$0] == nil && !$0.contains("route=\"/metrics\"") }
            #expect(new.filter { !$0.hasPrefix("usdcop_redis_command") } == [])
            #expect(new.count < 200)
            #expect(after[#"usdcop_http_requests_total{method="GET",route="unmatched",status="404"}"#] == 5_010)
            #expect(after[#"usdcop_cache_misses_total{backend="redis"}"#] == 5_010)
            #expect(after["usdcop_metrics_overflow_total"] == 0)
        }
    }

    @Test func `only readers see it, and no secret that was sent is in it`() async throws {
        try await RunningService.with {
            $0.keys = KeyRing([(KeyRing.Holder(name: "prometheus", role: .reader), "reader-key-canary-1")])
        } _: { (service) async throws in
            let secrets = ["canary-path", "canary-query", "canary-key-0123456789", "canary-agent", "canary-id", "reader-key-canary-1"]
            let headers = [("X-API-Key", secrets[2]), ("User-Agent", secrets[3]), ("X-Request-ID", secrets[4])]
            #expect(try await service.get("/\(secrets[0])?password=\(secrets[1])", headers: headers).status == 404)
            #expect(try await service.get("/metrics").status == 401)
            #expect(try await service.get("/metrics?x=1", headers: [("X-API-Key", secrets[5])]).status == 400)
            let reply = try await service.get("/metrics", headers: [("Authorization", "Bearer \(secrets[5])")])
            #expect(reply.status == 200)
            for secret in secrets { #expect(!reply.text.contains(secret)) }
            #expect(!reply.text.contains("prometheus"))
        }
    }

    @Test func `a scrape costs no round trip`() async throws {
        try await RunningService.with { (service) async throws in
            _ = try await service.metrics()
            let before = try await service.metrics()
            for _ in 0..<50 { _ = try await service.metrics() }
            let after = try await service.metrics()
            // What the service does by itself goes on meanwhile.
            #expect(after.sum("usdcop_redis_commands_total") - before.sum("usdcop_redis_commands_total") < 40)
        }
    }

    @Test func `what a part of the service keeps is read at the moment of the scrape`() async throws {
        let (redis, log) = (try await PrivateRedis.start(), RecordedLog())
        var settings = Settings()
        settings.redis = redis.configuration
        settings.port = 0
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let service = try DashboardService(
            settings: settings, logger: log.logger,
            collectors: [{ [.gauge("usdcop_service_up", "Whether a service is up.", [MetricPoint(1, labels: [("service", "a\"b\n")])])] }]
        ) { listening.yield($0.port ?? 0) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await service.run(signals: []) }
            defer { group.cancelAll() }
            let port = try #require(await ports.first { _ in true })
            let metrics = try await RunningService(service: service, redis: redis, port: port, log: log).metrics()
            #expect(metrics[#"usdcop_service_up{service="a\"b\n"}"#] == 1)
        }
    }
}

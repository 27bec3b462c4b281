import CacheServices
import HTTPTypes
import TestTurns
import Testing

@testable import DashboardServer

@Suite(.takesTurns, .serialized, .sharedService, .timeLimit(.minutes(1)))
struct BadInputTests {
    /// Queries and paths, the parameters that the answer names, and why.
    static let addresses: [(method: String, target: String, wrong: [String])] = [
        ("GET", "/api/cache/signals?type=newest", ["type"]),
        ("GET", "/api/cache/signals?type=", ["type"]),
        ("GET", "/api/cache/signals?type=LATEST", ["type"]),
        ("GET", "/api/cache/signals?type", ["type"]),
        ("GET", "/api/cache/signals?type=latest&type=latest", ["type"]),
        ("GET", "/api/cache/signals?type=latest&symbol=USDCOP", ["symbol"]),
        ("GET", "/api/cache/signals?limit=5", ["limit"]),
        ("GET", "/api/cache/signals?type=all&x=1&y=2", ["x", "y"]),
        ("GET", "/api/cache/signals?type=history", ["symbol"]),
        ("GET", "/api/cache/signals?type=history&symbol=USDCOP&limit=0", ["limit"]),
        ("GET", "/api/cache/signals?type=history&symbol=USDCOP&limit=101", ["limit"]),
        ("GET", "/api/cache/signals?type=history&symbol=USDCOP&limit=-1", ["limit"]),
        ("GET", "/api/cache/signals?type=history&symbol=USDCOP&limit=99999999999999999999", ["limit"]),
        ("GET", "/api/cache/signals?type=history&symbol=USDCOP&limit=1e2", ["limit"]),
        ("GET", "/api/cache/signals?type=history&symbol=USDCOP&limit=NaN", ["limit"]),
        ("GET", "/api/cache/signals?type=history&symbol=USDCOP&limit=%D9%A5", ["limit"]),
        ("GET", "/api/cache/signals?type=history&symbol=USDCOP&limit=%EF%BC%95", ["limit"]),
        ("GET", "/api/cache/signals?type=history&symbol=USDCOP&limit=+5", ["limit"]),
        ("GET", "/api/cache/signals?type=history&symbol=USDCOP&limit=", ["limit"]),
        ("GET", "/api/cache/signals?type=history&symbol=USDCOP&limit=5&limit=5", ["limit"]),
        ("GET", "/api/cache/signals?type=history&symbol=*", ["symbol"]),
        ("GET", "/api/cache/signals?type=history&symbol=[A-Z]", ["symbol"]),
        ("GET", "/api/cache/signals?type=history&symbol=usdcop", ["symbol"]),
        ("GET", "/api/cache/signals?type=history&symbol=USD:COP", ["symbol"]),
        ("GET", "/api/cache/signals?type=history&symbol=USD%0D%0ACOP", ["symbol"]),
        ("GET", "/api/cache/signals?type=history&symbol=USD%00COP", ["symbol"]),
        ("GET", "/api/cache/signals?type=history&symbol=USD%COP", ["symbol"]),
        ("GET", "/api/cache/signals?type=history&symbol=USD%C", ["symbol"]),
        ("GET", "/api/cache/signals?type=history&symbol=%FF", ["symbol"]),
        ("GET", "/api/cache/signals?type=history&symbol=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", ["symbol"]),
        ("GET", "/api/cache/signals?type=history&symbol=", ["symbol"]),
        ("GET", "/api/cache/signals?type=history&symbol=*&limit=0", ["symbol", "limit"]),
        ("GET", "/api/cache/signals?type=range&symbol=USDCOP", ["start", "end"]),
        ("GET", "/api/cache/signals?type=range&symbol=USDCOP&start=2025-02-30T00:00:00Z&end=2025-03-01T00:00:00Z", ["start"]),
        ("GET", "/api/cache/signals?type=range&symbol=USDCOP&start=yesterday&end=1736937000", ["start", "end"]),
        ("GET", "/api/cache/signals?type=range&symbol=USDCOP&start=2025-03-02T00:00:00Z&end=2025-03-01T00:00:00Z", ["end"]),
        ("GET", "/api/cache/signals?&", ["", ""]),
        ("GET", "/api/cache/signals?type=latest&", [""]),
        ("GET", "/api/cache/signals?%ZZ=1", [""]),
        ("DELETE", "/api/cache/signals", [""]),
        ("DELETE", "/api/cache/signals?all=false", ["all"]),
        ("DELETE", "/api/cache/signals?all=1", ["all"]),
        ("DELETE", "/api/cache/signals?symbol=*", ["symbol"]),
        ("DELETE", "/api/cache/signals?symbol=USDCOP&confirm=yes", ["confirm"]),
        ("GET", "/api/cache/metrics?x=1", ["x"]),
        ("GET", "/api/cache/metrics/custom?x=1", ["x"]),
        ("DELETE", "/api/cache/metrics?all=true", ["all"]),
        ("GET", "/api/cache/positions?symbol=USDCOP", ["symbol"]),
        ("GET", "/api/cache/positions/usdcop", ["symbol"]),
        ("GET", "/api/cache/positions/*", ["symbol"]),
        ("GET", "/api/cache/positions/USD%00COP", ["symbol"]),
        ("GET", "/api/cache/positions/USD%ZZ", ["symbol"]),
        ("GET", "/api/cache/positions/%FF", ["symbol"]),
        ("DELETE", "/api/cache/positions/a", ["symbol"]),
        ("GET", "/api/cache/metrics/custom/caf%C3%A9", ["name"]),
        ("GET", "/api/cache/metrics/custom/a%0Ab", ["name"]),
        ("DELETE", "/api/cache/metrics/custom/*", ["name"]),
        ("GET", "/api/cache/stats?x=1", ["x"]),
        ("GET", "/livez?x=1", ["x"]),
        ("GET", "/api/health/latency?type=", ["type"]),
        ("GET", "/api/health/latency?type=Stats", ["type"]),
        ("GET", "/api/health/latency?minutes=5", ["minutes"]),
        ("GET", "/api/health/latency?service=*&operation=", ["service", "operation"]),
        ("GET", "/api/health/latency?type=trend&minutes=0&interval=x", ["minutes", "interval"]),
        ("GET", "/api/health/latency?type=trend&minutes=43201", ["minutes"]),
        ("GET", "/api/health/latency?type=trend&minutes=1&interval=61", ["interval"]),
        ("GET", "/api/health/latency?type=trend&interval=301", ["interval"]),
        ("GET", "/api/health/latency?type=trend&limit=5", ["limit"]),
        ("GET", "/api/health/latency?type=recent&limit=0", ["limit"]),
        ("GET", "/api/health/latency?type=recent&limit=1001", ["limit"]),
        ("GET", "/api/health/latency?type=recent&operation=a", ["operation"]),
        ("GET", "/api/health/latency?type=end-to-end&minutes=-1", ["minutes"]),
        ("GET", "/api/health/latency?type=end-to-end&service=a", ["service"]),
        ("GET", "/api/health/latency?type=high-latency&limit=1e1", ["limit"]),
        ("GET", "/api/health/latency?type=high-latency&limit=5&limit=5", ["limit"]),
        ("DELETE", "/api/health/latency", [""]),
        ("DELETE", "/api/health/latency?service=a&all=true", [""]),
        ("DELETE", "/api/health/latency?all=yes", ["all"]),
        ("DELETE", "/api/health/latency?service=caf%C3%A9", ["service"]),
        ("GET", "/api/audit/signals?type=", ["type"]),
        ("GET", "/api/audit/signals?type=Trail", ["type"]),
        ("GET", "/api/audit/signals?type=stats&symbol=USDCOP", ["symbol"]),
        ("GET", "/api/audit/signals?type=verify&limit=1", ["limit"]),
        ("GET", "/api/audit/signals?format=csv", ["format"]),
        ("GET", "/api/audit/signals?type=export&format=xlsx", ["format"]),
        ("GET", "/api/audit/signals?type=export&cursor=x", ["cursor"]),
        ("GET", "/api/audit/signals?type=export&limit=0", ["limit"]),
        ("GET", "/api/audit/signals?limit=0", ["limit"]),
        ("GET", "/api/audit/signals?limit=1001", ["limit"]),
        ("GET", "/api/audit/signals?limit=-1&eventType=signal_generated", ["eventType", "limit"]),
        ("GET", "/api/audit/signals?eventType=", ["eventType"]),
        ("GET", "/api/audit/signals?symbol=*", ["symbol"]),
        ("GET", "/api/audit/signals?userId=", ["userId"]),
        ("GET", "/api/audit/signals?userId=a%0Ab", ["userId"]),
        ("GET", "/api/audit/signals?startTime=yesterday&endTime=1", ["startTime", "endTime"]),
        ("GET", "/api/audit/signals?startTime=2025-01-02T00:00:00Z&endTime=2025-01-01T00:00:00Z", ["endTime"]),
        ("GET", "/api/audit/signals?cursor=", ["cursor"]),
        ("GET", "/api/audit/signals?cursor=1-0", ["cursor"]),
        ("GET", "/api/audit/signals?user_id=x&event_type=y", ["event_type", "user_id"]),
        ("POST", "/api/audit/signals?type=trail", ["type"]),
        ("GET", "/readyz?x=1", ["x"]),
    ]

    @Test(arguments: addresses)
    func `a wrong query or path is a 400 that names every parameter`(
        address: (method: String, target: String, wrong: [String])
    ) async throws {
        let service = try #require(SharedService.current)
        let before = try await service.fingerprint()
        let reply = try await service.request(address.method, address.target)
        #expect(reply.status == 400)
        #expect(
            reply.code
                == (address.wrong.contains { $0 == "symbol" || $0 == "name" } && !address.target.contains("?")
                    ? "invalid_path" : "invalid_query"))
        #expect(reply.wrong == address.wrong)
        #expect(try await service.fingerprint() == before)
    }

    /// Bodies that no route takes.
    static let malformed: [(name: String, body: [UInt8])] = [
        ("empty", []), ("white space", Array(" \n".utf8)), ("half", Array(#"{"signal": {"#.utf8)), ("text", Array("hello".utf8)),
        ("an array", Array("[]".utf8)), ("a string", Array(#""signal""#.utf8)), ("a number", Array("1".utf8)), ("null", Array("null".utf8)),
        ("repeated names", Array(#"{"signal": 1, "signal": 1, "metrics": 1, "metrics": 2}"#.utf8)),
        ("a repeated name inside", Array(#"{"signal": {"price": 1, "pr\u0069ce": 2}}"#.utf8)),
        ("more behind", Array("{} {}".utf8)), ("NaN", Array(#"{"signal": NaN}"#.utf8)),
        ("a huge number", Array(#"{"signal": 1e999}"#.utf8)),
        ("invalid UTF-8", Array(#"{"a": ""#.utf8) + [0xff, 0xfe] + Array(#""}"#.utf8)), ("NUL", Array("{\"a\": \"\0\"}".utf8)),
        ("a byte order mark", [0xef, 0xbb, 0xbf] + Array("{}".utf8)),
        ("30,000 levels", [UInt8](repeating: UInt8(ascii: "["), count: 30_000) + [UInt8](repeating: UInt8(ascii: "]"), count: 30_000)),
        ("60,000 objects deep", Array(String(repeating: #"{"a":"#, count: 12_000).utf8)),
    ]

    @Test(arguments: malformed)
    func `a body that cannot be read is a 400 on every route that takes one`(body: (name: String, body: [UInt8])) async throws {
        let service = try #require(SharedService.current)
        let before = try await service.fingerprint()
        for (method, target) in bodyRoutes(service) {
            let reply = try await service.request(method, target, headers: [("Content-Type", "application/json")], body: body.body)
            #expect(reply.status == 400, "\(method) \(target)")
            #expect(reply.code == "malformed_body")
        }
        #expect(try await service.fingerprint() == before)
    }

    @Test(arguments: [2_000_000, 65_537]) func `a body beyond 64 KB is a 413 on every route that takes one`(size: Int) async throws {
        let service = try #require(SharedService.current)
        let before = try await service.fingerprint()
        let text = #"{"signal": ""# + String(repeating: "a", count: size - 13) + #""}"#
        for (method, target) in bodyRoutes(service) {
            let reply = try await service.send(method, target, text)
            #expect(reply.status == 413, "\(method) \(target)")
            #expect(reply.code == "body_too_large")
        }
        #expect(try await service.fingerprint() == before)
    }

    @Test func `a body of 64 KB is read`() async throws {
        let service = try #require(SharedService.current)
        let text = #"{"value": ""# + String(repeating: "a", count: 65_536 - 13) + #""}"#
        #expect(text.utf8.count == 65_536)
        #expect(try await service.send("PUT", "/api/cache/metrics/custom/large", text).status == 422)
    }

    /// What stands in place of a part of the sample, and the fields that the answer names.
    static let signals: [(part: String, other: String, wrong: [String])] = [
        ("\"price\": 4250.50", "\"price\": -1", ["signal.price"]),
        ("\"price\": 4250.50", "\"price\": 0", ["signal.price"]),
        ("\"price\": 4250.50", "\"price\": \"4250\"", ["signal.price"]),
        ("\"price\": 4250.50", "\"price\": null", ["signal.price"]),
        ("\"price\": 4250.50, ", "", ["signal.price"]),
        ("\"price\": 4250.50", "\"price\": 1, \"volume\": 2", ["signal.volume"]),
        ("\"confidence\": 0.85", "\"confidence\": 1.01", ["signal.confidence"]),
        ("\"confidence\": 0.85", "\"confidence\": -0.1", ["signal.confidence"]),
        ("\"action\": \"BUY\"", "\"action\": \"buy\"", ["signal.action"]),
        ("\"USDCOP\"", "\"usd*\"", ["signal.symbol"]),
        ("\"USDCOP\"", "\"USD\\u0000COP\"", ["signal.symbol"]),
        ("\"USDCOP\"", "\"USD:COP\"", ["signal.symbol"]),
        ("\"sig_123\"", "\"\"", ["signal.signal_id"]),
        ("\"sig_123\"", "\"a\\r\\nb\"", ["signal.signal_id"]),
        ("2025-01-15T10:30:00.000Z", "2025-02-30T10:30:00.000Z", ["signal.timestamp"]),
        ("2025-01-15T10:30:00.000Z", "2025-01-15", ["signal.timestamp"]),
        ("2025-01-15T10:30:00.000Z", "9999-12-31T23:59:59Z", ["signal.timestamp"]),
        ("{\"rsi\": 45}", "{\"rsi\": \"45\"}", ["signal.features.rsi"]),
        ("{\"rsi\": 45}", "[45]", ["signal.features"]),
        ("\"execution_latency_ms\": 45", "\"execution_latency_ms\": 1e10", ["signal.execution_latency_ms"]),
        ("\"execution_latency_ms\": 45", "\"execution_latency_ms\": -1", ["signal.execution_latency_ms"]),
        ("\"v1.0\"", "\"\(String(repeating: "v", count: 65))\"", ["signal.model_version"]),
        ("\"price\": 4250.50, \"features\": {\"rsi\": 45}", "\"price\": -1", ["signal.features", "signal.price"]),
    ]

    @Test(arguments: signals)
    func `a signal with wrong fields is a 422 that names them all`(change: (part: String, other: String, wrong: [String])) async throws {
        let service = try #require(SharedService.current)
        let before = try await service.fingerprint()
        let signal = Samples.signal.replacingSubrange(change.part, change.other)
        #expect(signal != Samples.signal)
        let reply = try await service.send("POST", "/api/cache/signals", #"{"signal": \#(signal)}"#)
        #expect(reply.status == 422)
        #expect(reply.code == "validation_failed")
        #expect(reply.wrong == change.wrong)
        #expect(try await service.fingerprint() == before)
    }

    static let bodies: [(method: String, target: String, body: String, wrong: [String])] = [
        ("POST", "/api/cache/signals", "{}", ["signal"]),
        ("POST", "/api/cache/signals", #"{"signal": null}"#, ["signal"]),
        ("POST", "/api/cache/signals", #"{"signal": \#(Samples.signal), "action": "drop"}"#, ["action"]),
        ("POST", "/api/cache/signals", #"{"signal": \#(Samples.signal), "action": 1}"#, ["action"]),
        ("POST", "/api/cache/signals", #"{"signal": \#(Samples.signal), "action": "set-latest", "audit": true}"#, ["audit"]),
        ("POST", "/api/cache/signals", #"{"signal": \#(Samples.signal), "audit": "no"}"#, ["audit"]),
        ("POST", "/api/cache/signals", #"{"signal": \#(Samples.signal), "ttl": 5}"#, ["ttl"]),
        ("POST", "/api/cache/signals", #"{"signal": 1, "action": 2, "x": 3}"#, ["action", "signal", "x"]),
        ("POST", "/api/audit/signals", "{}", ["data", "event_type"]),
        ("POST", "/api/audit/signals", #"{"event_type": "OTHER", "data": {}, "x": 1}"#, ["event_type", "x"]),
        (
            "POST", "/api/audit/signals", #"{"event_type": "SYSTEM_EVENT", "data": 1, "metadata": [], "user_id": 7}"#,
            ["user_id", "data", "metadata"]
        ),
        ("POST", "/api/audit/signals", #"{"event_type": "SYSTEM_EVENT", "data": {"event": "x"}, "user_id": "a\nb"}"#, ["user_id"]),
        (
            "POST", "/api/audit/signals", #"{"event_type": "SIGNAL_EXECUTED", "data": {"signal": {}}}"#,
            ["data.execution", "data.signal.action"]
        ),
        ("PUT", "/api/cache/metrics", "{}", ["metrics"]),
        ("PUT", "/api/cache/metrics", #"{"metrics": {}}"#, ["metrics.timestamp"]),
        ("PUT", "/api/cache/metrics", #"{"metrics": {"timestamp": "2025-01-15T10:30:00Z", "win_rate": 2}}"#, ["metrics.win_rate"]),
        (
            "PUT", "/api/cache/metrics", #"{"metrics": {"timestamp": "2025-01-15T10:30:00Z", "total_trades": 1.5}}"#,
            ["metrics.total_trades"]
        ),
        ("PUT", "/api/cache/metrics", #"{"metrics": {"timestamp": "2025-01-15T10:30:00Z", "total_pnl": null}}"#, ["metrics.total_pnl"]),
        ("PATCH", "/api/cache/metrics", #"{"metrics": {}}"#, ["metrics"]),
        ("PATCH", "/api/cache/metrics", #"{"metrics": {"wins": 2}}"#, ["metrics.wins"]),
        ("PUT", "/api/cache/metrics/custom/a", "{}", ["value"]),
        ("PUT", "/api/cache/metrics/custom/a", #"{"value": true}"#, ["value"]),
        ("PUT", "/api/cache/metrics/custom/a", #"{"value": {}}"#, ["value"]),
        ("PUT", "/api/cache/metrics/custom/a", #"{"value": 1, "ttl": 1}"#, ["ttl"]),
        ("PUT", "/api/cache/positions/USDCOP", "{}", ["position"]),
        ("PUT", "/api/cache/positions/EURCOP", #"{"position": \#(Samples.position)}"#, ["position.symbol"]),
        (
            "PUT", "/api/cache/positions/USDCOP", #"{"position": \#(Samples.position.replacingSubrange("1000", "0"))}"#,
            ["position.quantity"]
        ),
        (
            "PUT", "/api/cache/positions/USDCOP", #"{"position": \#(Samples.position.replacingSubrange("OPEN", "open"))}"#,
            ["position.status"]
        ),
    ]

    @Test(arguments: bodies)
    func `a body with wrong fields is a 422 that names them all`(
        request: (method: String, target: String, body: String, wrong: [String])
    ) async throws {
        let service = try #require(SharedService.current)
        let before = try await service.fingerprint()
        let reply = try await service.send(request.method, request.target, request.body)
        #expect(reply.status == 422)
        #expect(reply.code == "validation_failed")
        #expect(reply.wrong == request.wrong)
        #expect(try await service.fingerprint() == before)
    }

    @Test func `a wrong query or path is refused on routes with a body, too`() async throws {
        let service = try #require(SharedService.current)
        let before = try await service.fingerprint()
        #expect(try await service.send("POST", "/api/cache/signals?dry=1", #"{"signal": \#(Samples.signal)}"#).status == 400)
        #expect(try await service.send("PUT", "/api/cache/positions/*", #"{"position": \#(Samples.position)}"#).status == 400)
        #expect(try await service.send("PUT", "/api/cache/metrics/custom/%0A", #"{"value": 1}"#).status == 400)
        #expect(try await service.fingerprint() == before)
    }

    /// Every method that takes a body and needs no key, on a path that fits.
    private func bodyRoutes(_ service: RunningService) -> [(String, String)] {
        service.service.routes.routes.flatMap { route in
            let target = route.target
            return route.endpoints.filter { $0.body == .json && $0.role != .administrator }.map { ($0.method.rawValue, target) }
        }
    }
}

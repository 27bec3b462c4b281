import Hiredis
import RedisTesting
import TestTurns
import Testing

@testable import DashboardServer

@Suite(.takesTurns, .serialized, .sharedService({ $0.backend = .redis }), .timeLimit(.minutes(1)))
struct RoundTripTests {
    static let requests: [(method: String, target: String, body: String?, command: String)] = [
        ("GET", "/api/cache/signals?type=latest", nil, "get"),
        ("GET", "/api/cache/signals?type=history&symbol=USDCOP", nil, "lrange"),
        ("GET", "/api/cache/signals?type=stats&symbol=USDCOP", nil, "lrange"),
        ("GET", "/api/cache/signals?type=range&symbol=USDCOP&start=2025-01-01T00:00:00Z&end=2026-01-01T00:00:00Z", nil, "lrange"),
        ("GET", "/api/cache/signals?type=all", nil, "evalsha"),
        ("POST", "/api/cache/signals", #"{"signal": \#(Samples.signal)}"#, "evalsha"),
        ("GET", "/api/cache/metrics", nil, "evalsha"),
        ("PUT", "/api/cache/metrics", #"{"metrics": \#(Samples.metrics)}"#, "evalsha"),
        ("GET", "/api/cache/metrics/custom", nil, "evalsha"),
        ("GET", "/api/cache/metrics/custom/a", nil, "get"),
        ("PUT", "/api/cache/metrics/custom/a", #"{"value": 1}"#, "evalsha"),
        ("DELETE", "/api/cache/metrics/custom/a", nil, "evalsha"),
        ("GET", "/api/cache/positions", nil, "evalsha"),
        ("GET", "/api/cache/positions/USDCOP", nil, "get"),
        ("GET", "/api/cache/positions-aggregate", nil, "evalsha"),
        ("PUT", "/api/cache/positions/USDCOP", #"{"position": \#(Samples.position)}"#, "evalsha"),
        ("DELETE", "/api/cache/positions/USDCOP", nil, "evalsha"),
        ("DELETE", "/api/cache/signals?symbol=USDCOP", nil, "evalsha"),
        ("GET", "/api/performance?type=metrics&operation=a", nil, "xrange"),
        ("GET", "/api/performance?type=summary", nil, "zrange"),
        ("DELETE", "/api/performance", nil, "evalsha"),
    ]

    @Test(arguments: requests)
    func `a request is one command or one script`(
        request: (method: String, target: String, body: String?, command: String)
    ) async throws {
        let service = try await SharedService.empty()
        // The first call of a script teaches it to the server.
        for _ in 0..<2 { #expect(try await ask(service, request).status < 300) }
        // What the service does by itself every few seconds may fall into one measurement, not into all.
        var counted: [[String: Int]] = []
        for _ in 0..<3 {
            let before = try await service.redis.commandCalls()
            for _ in 0..<5 { _ = try await ask(service, request) }
            let after = try await service.redis.commandCalls()
            let new = after.map { ($0.key, $0.value - (before[$0.key] ?? 0)) }.filter { Self.ours.contains($0.0) && $0.1 > 0 }
            counted.append(Dictionary(uniqueKeysWithValues: new))
            let reads = (after[request.command] ?? 0) - (before[request.command] ?? 0)
            if counted.last == Self.expected(request.command), reads == 5 { return }
        }
        Issue.record("not one command per request: \(counted)")
    }

    /// Commands by which a request reaches Redis; what a script does inside counts too, so that only reads are told apart.
    private static let ours: Set<String> = ["evalsha", "eval", "keys", "scan", "flushall", "flushdb", "multi", "mget"]

    private static func expected(_ command: String) -> [String: Int] { command == "evalsha" ? ["evalsha": 5] : [:] }

    @Test(arguments: ["/livez", "/readyz"])
    func `liveness and readiness cost no round trip`(target: String) async throws {
        let service = try await SharedService.empty()
        let before = try await service.redis.commandCalls()
        for _ in 0..<20 { #expect(try await service.get(target).status == 200) }
        let after = try await service.redis.commandCalls()
        // Asking for the figures takes a connection that logs in, once.
        for (command, calls) in after { #expect(calls - (before[command] ?? 0) < 10, "\(command)") }
    }

    private func ask(
        _ service: RunningService, _ request: (method: String, target: String, body: String?, command: String)
    ) async throws -> HTTPReply {
        guard let body = request.body else { return try await service.request(request.method, request.target) }
        return try await service.send(request.method, request.target, body)
    }
}

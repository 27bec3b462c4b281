import RedisTesting
import TestTurns
import Testing

@testable import DashboardServer

@Suite(.takesTurns, .timeLimit(.minutes(1)))
struct HostPolicyTests {
    static let hosts: [(host: String?, listed: Set<String>, hasKeys: Bool, isServed: Bool)] = [
        ("localhost", [], false, true), ("LOCALHOST:8090", [], false, true), ("127.0.0.1:1", [], false, true), ("[::1]", [], false, true),
        ("desk.localhost", [], false, true), (nil, [], false, true), ("192.0.2.7", [], false, true), ("evil.example", [], false, false),
        ("localhost.evil.example", [], false, false), ("127.0.0.1.evil.example", [], false, false), ("0.0.0.0", [], false, false),
        ("evil.example", [], true, true), ("desk.example", ["desk.example"], false, true),
        ("DESK.example:443", ["desk.example"], true, true),
        ("evil.example", ["desk.example"], true, false), ("localhost", ["desk.example"], true, true),
        ("not a host", ["desk.example"], true, false),
    ]

    @Test(arguments: hosts)
    func `the service answers to names of this machine, to its address and to listed ones; with keys and no list to any`(
        request: (host: String?, listed: Set<String>, hasKeys: Bool, isServed: Bool)
    ) {
        let policy = HostPolicy(listed: request.listed, bound: "192.0.2.7", hasKeys: request.hasKeys)
        if request.isServed {
            #expect(throws: Never.self) { try policy.check(request.host) }
        } else {
            #expect(throws: Problem.self) { try policy.check(request.host) }
        }
    }

    @Test func `a page whose name was made to lead here reads nothing, and probes come by any name`() async throws {
        try await RunningService.with { (service) async throws in
            func ask(_ target: String) async throws -> HTTPReply? {
                try await RawConnection.open(port: service.port) { (connection) async throws in
                    try await connection.send("GET \(target) HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
                    return try await connection.reply()
                }
            }
            for target in ["/", "/api/cache/signals", "/api/stream", "/metrics", "/nothing"] {
                let reply = try await ask(target)
                #expect(reply?.status == 403)
                #expect(reply?.code == "foreign_host")
            }
            #expect(try await ask("/livez")?.status == 200)
            #expect(try await ask("/readyz")?.status == 200)
        }
    }

    @Test func `every answer says that nothing is guessed, framed, embedded or told to other sites`() async throws {
        try await RunningService.with { (service) async throws in
            for target in [
                "/", "/livez", "/nothing", "/api/cache/signals", "/api/cache/signals?x=1", "/elements.js", "/metrics",
                "/api/audit/signals?type=export",
            ] {
                let reply = try await service.get(target)
                #expect(reply["X-Content-Type-Options"] == "nosniff", "\(target)")
                #expect(reply["Referrer-Policy"] == "no-referrer", "\(target)")
                #expect(reply["Content-Security-Policy"]?.contains("frame-ancestors 'none'") == true, "\(target)")
                #expect(["same-origin", "cross-origin"].contains(reply["Cross-Origin-Resource-Policy"] ?? ""), "\(target)")
                #expect(reply["Strict-Transport-Security"] == nil)
                let names = reply.headers.map { $0.name.lowercased() }
                #expect(Set(names).count == names.count, "\(target) has a header twice")
            }
        }
    }
}

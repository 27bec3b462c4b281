import HTTPTypes
import RedisTesting
import TestTurns
import Testing

@testable import DashboardServer

@Suite(.takesTurns, .timeLimit(.minutes(1)))
struct CrossOriginTests {
    private static let desk = "https://desk.example.com"

    private static func withOrigins(_ keys: KeyRing? = nil, _ body: @Sendable (RunningService) async throws -> Void) async throws {
        let origins = try OriginListText.read("\(desk), http://localhost:3000")
        try await RunningService.with {
            $0.corsOrigins = origins
            if let keys { $0.keys = keys }
        } _: { (service) async throws in
            try await body(service)
        }
    }

    @Test func `a page of a listed origin reads answers and errors`() async throws {
        try await Self.withOrigins { service in
            for target in ["/api/cache/signals", "/nothing", "/api/cache/signals?x=1", "/livez", "/metrics"] {
                for origin in [Self.desk, "http://localhost:3000"] {
                    let reply = try await service.get(target, headers: [("Origin", origin)])
                    #expect(reply["Access-Control-Allow-Origin"] == origin)
                    #expect(reply["Vary"] == "Origin")
                    #expect(reply["Access-Control-Allow-Credentials"] == nil)
                    for name in ["X-Request-ID", "ETag", "X-Cache-Backend", "X-Cache-Stale", "Age", "Retry-After"] {
                        #expect(reply["Access-Control-Expose-Headers"]?.contains(name) == true)
                    }
                }
            }
            let tag = try #require(try await service.get("/api/cache/signals")["ETag"])
            let same = try await service.get("/api/cache/signals", headers: [("Origin", Self.desk), ("If-None-Match", tag)])
            #expect(same.status == 304)
            #expect(same["Access-Control-Allow-Origin"] == Self.desk)
        }
    }

    @Test(arguments: [
        "https://desk.example.com:8443", "http://desk.example.com", "https://desk.example.com.evil.org", "https://evil.org", "null",
        "https://DESK.example.com", "https://desk.example.com/", "https://desk.example.com, https://desk.example.com", "",
    ])
    func `a page of any other origin reads nothing`(origin: String) async throws {
        try await Self.withOrigins { service in
            let reply = try await service.get("/api/cache/signals", headers: [("Origin", origin)])
            #expect(reply.status == 200)
            #expect(reply["Access-Control-Allow-Origin"] == nil)
            #expect(reply["Access-Control-Expose-Headers"] == nil)
            #expect(reply["Vary"] == "Origin")
            let preflight = try await service.request(
                "OPTIONS", "/api/cache/signals", headers: [("Origin", origin), ("Access-Control-Request-Method", "GET")])
            #expect(preflight.status == 405)
            #expect(preflight["Access-Control-Allow-Origin"] == nil)
        }
    }

    @Test func `a page that names two origins reads nothing`() async throws {
        try await Self.withOrigins { service in
            let both = [("Origin", Self.desk), ("Origin", Self.desk)]
            let reply = try await service.get("/api/cache/signals", headers: both)
            #expect(reply["Access-Control-Allow-Origin"] == nil)
            let body = #"{"signal": \#(Samples.signal)}"#
            let write = try await service.request(
                "POST", "/api/cache/signals", headers: both + [("Content-Type", "application/json")], body: Array(body.utf8))
            #expect(write.status == 403)
        }
    }

    @Test func `a preflight answers the methods of its route and the headers that pages set`() async throws {
        let keys = try KeyRing(lines: AccessTests.keys)
        try await Self.withOrigins(keys) { service in
            for (target, methods) in [
                ("/api/cache/signals", "GET, HEAD, POST, DELETE"), ("/api/stream", "GET, HEAD"), ("/api/cache/positions/USDCOP", nil),
            ] {
                let headers = [
                    ("Origin", Self.desk), ("Access-Control-Request-Method", "GET"),
                    ("Access-Control-Request-Headers", "authorization,last-event-id"),
                ]
                let reply = try await service.request("OPTIONS", target, headers: headers)
                #expect(reply.status == 204)
                #expect(reply.body.isEmpty)
                #expect(reply["Content-Length"] == nil)
                #expect(reply["Access-Control-Allow-Origin"] == Self.desk)
                if let methods { #expect(reply["Access-Control-Allow-Methods"] == methods) }
                for name in ["Authorization", "X-API-Key", "Content-Type", "Last-Event-ID", "Idempotency-Key"] {
                    #expect(reply["Access-Control-Allow-Headers"]?.contains(name) == true)
                }
                #expect(reply["Access-Control-Max-Age"] == "600")
                #expect(reply["Vary"] == "Origin")
            }
            // What asks without being a preflight has its method refused, readable for the page.
            let plain = try await service.request("OPTIONS", "/api/cache/signals", headers: [("Origin", Self.desk)])
            #expect(plain.status == 405)
            #expect(plain["Access-Control-Allow-Origin"] == Self.desk)
            let unknown = try await service.request(
                "OPTIONS", "/nothing", headers: [("Origin", Self.desk), ("Access-Control-Request-Method", "GET")])
            #expect(unknown.status == 404)
        }
    }

    @Test func `where there are no keys a preflight offers what reads`() async throws {
        try await Self.withOrigins { service in
            for (target, status, methods) in [
                ("/api/cache/signals", 204, "GET, HEAD"), ("/api/health/services/api", 405, nil),
            ] as [(String, Int, String?)] {
                let reply = try await service.request(
                    "OPTIONS", target, headers: [("Origin", Self.desk), ("Access-Control-Request-Method", "DELETE")])
                #expect(reply.status == status)
                #expect(reply["Access-Control-Allow-Methods"] == methods)
            }
        }
    }

    @Test func `the embedding page can read that a key is missing, also of the stream`() async throws {
        let keys = try KeyRing(lines: AccessTests.keys)
        try await Self.withOrigins(keys) { service in
            for target in ["/api/cache/signals", "/api/stream"] {
                let reply = try await service.get(target, headers: [("Origin", Self.desk)])
                #expect(reply.status == 401)
                #expect(reply.code == "unauthenticated")
                #expect(reply["Access-Control-Allow-Origin"] == Self.desk)
            }
            let stream = try await service.get(
                "/api/stream", headers: [("Origin", Self.desk), ("Authorization", "Bearer reader-key-0123456789")])
            #expect(stream.status == 200)
            #expect(stream["Access-Control-Allow-Origin"] == Self.desk)
            #expect(stream["Vary"] == "Origin")
        }
    }

    @Test func `without listed origins nothing speaks of them`() async throws {
        try await RunningService.with { (service) async throws in
            let reply = try await service.get("/api/cache/signals", headers: [("Origin", Self.desk)])
            #expect(reply.status == 200)
            #expect(reply["Vary"] == nil)
            #expect(!reply.headers.contains { $0.name.lowercased().hasPrefix("access-control") })
            let preflight = try await service.request(
                "OPTIONS", "/api/cache/signals", headers: [("Origin", Self.desk), ("Access-Control-Request-Method", "GET")])
            #expect(preflight.status == 405)
        }
    }

    static let writes: [(origin: String?, host: String, hasKeys: Bool, isAllowed: Bool)] = [
        (nil, "localhost:8090", false, true),
        ("http://localhost:8090", "localhost:8090", false, true),
        ("http://127.0.0.1:8090", "127.0.0.1:8090", false, true),
        ("http://[::1]:8090", "[::1]:8090", false, true),
        // Where there are no keys every script of a listed origin could write.
        ("https://desk.example.com", "localhost:8090", false, false),
        ("https://desk.example.com", "usdcop.example.com", true, true),
        ("http://desk.local:8090", "desk.local:8090", false, true),
        ("http://desk.local:8091", "desk.local:8090", false, false),
        // Another port of this machine is another origin.
        ("http://localhost:3000", "localhost:8090", false, false),
        ("http://evil.org", "localhost:8090", false, false),
        ("null", "localhost:8090", false, false),
        ("http://evil.org:8090", "evil.org:8090", false, false),
        ("http://127.0.0.1.evil.org:8090", "127.0.0.1.evil.org:8090", false, false),
        ("https://usdcop.example.com", "usdcop.example.com", true, true),
        ("https://usdcop.example.com", "usdcop.example.com:443", true, true),
        ("https://usdcop.example.com", "usdcop.example.com:8443", true, false),
        ("http://usdcop.example.com", "usdcop.example.com", true, true),
        ("https://evil.org", "usdcop.example.com", true, false),
        ("file://", "usdcop.example.com", true, false),
    ]

    @Test(arguments: writes)
    func `only pages of its own and of listed origins write`(
        write: (origin: String?, host: String, hasKeys: Bool, isAllowed: Bool)
    ) throws {
        let policy = OriginPolicy(
            listed: [try #require(WebOrigin("https://desk.example.com"))], hosts: ["desk.local"], hasKeys: write.hasKeys)
        let headers: HTTPFields = write.origin.map { [.origin: $0] } ?? [:]
        for method in [HTTPRequest.Method.post, .put, .patch, .delete] {
            #expect(((try? policy.check(method, headers, host: write.host)) != nil) == write.isAllowed)
        }
        try policy.check(.get, headers, host: write.host)
        try policy.check(.head, headers, host: write.host)
    }

    @Test func `a write of a foreign page is refused before anything is done`() async throws {
        try await RunningService.with { (service) async throws in
            let before = try await service.fingerprint()
            let reply = try await service.send(
                "POST", "/api/cache/signals", #"{"signal": \#(Samples.signal)}"#, headers: [("Origin", "https://evil.org")])
            #expect(reply.status == 403)
            #expect(reply.code == "foreign_origin")
            #expect(try await service.fingerprint() == before)
            let cleared = try await service.request("DELETE", "/api/cache/signals?all=true", headers: [("Origin", "null")])
            #expect(cleared.status == 403)
        }
    }

    @Test(arguments: [
        "*", "https://a.com/", "https://a.com/x", "a.com", "ftp://a.com", "https://", "https://a.com:", "https://a.com:0",
        "https://a.com:443",
        "http://a.com:80", "https://a.com:99999", "https://A.com", "https://u@a.com", "https://a.com,", "null", "https://a.com,*",
        "https://a.com:08443", "https://[::1", "https://[]", "https://a b.com", "https://a.com?x", "https://é.com",
    ])
    func `what is no origin is no setting`(text: String) {
        #expect(throws: ConfigurationVariable.Fault.self) { try OriginListText.read(text) }
    }

    @Test func `origins are listed as browsers send them`() throws {
        let origins = try OriginListText.read("https://a.com, http://localhost:3000,https://[2001:db8::1]:8443,http://10.0.0.1")
        #expect(
            origins.map(\.text).sorted() == ["http://10.0.0.1", "http://localhost:3000", "https://[2001:db8::1]:8443", "https://a.com"])
    }
}

import CacheServices
import Foundation
import TestTurns
import Testing

@testable import DashboardServer

@Suite(.takesTurns, .serialized, .sharedService { $0.keys = ContractKeys.ring }, .timeLimit(.minutes(1)))
struct ContractRouteTests {
    private func service() throws -> RunningService { try #require(SharedService.current) }

    @Test func `the document is there for everybody, small and with a tag`() async throws {
        let service = try service()
        let reply = try await service.get("/openapi.json")
        #expect(reply.status == 200 && reply["Content-Type"] == "application/json")
        #expect(reply.json["openapi"]?.text?.hasPrefix("3.1.") == true)
        #expect(reply.body.count < 200_000)
        let packed = try await service.get("/openapi.json", headers: [("Accept-Encoding", "gzip")])
        #expect(packed["Content-Encoding"] == "gzip" && packed.body.count < 25_000)
        let again = try await service.get("/openapi.json", headers: [("If-None-Match", try #require(reply["ETag"]))])
        #expect(again.status == 304)
        let head = try await service.request("HEAD", "/openapi.json")
        #expect(head.status == 200 && head["Content-Length"] == "\(reply.body.count)" && head.body.isEmpty)
        #expect(try await service.get("/openapi.json?x=1").status == 400)
    }

    @Test func `without Swagger UI the page says how to get it`() async throws {
        let service = try service()
        let page = try await service.get("/docs")
        #expect(page.status == 200 && page.text.contains("USDCOP_SWAGGER_UI") && page.text.contains("/openapi.json"))
        #expect(try await service.get("/docs/swagger-ui.css").code == "not_found")
    }

    @Test func `with it the page has the files, and nothing inline`() async throws {
        let scratch = try ScratchState()
        for file in [SwaggerUI.script, SwaggerUI.style] {
            try Data("/* \(file) */".utf8).write(to: scratch.url.appending(path: file))
        }
        try await RunningService.with {
            $0.swaggerUIFolder = scratch.url.path
        } _: { (service) async throws in
            let page = try await service.get("/docs")
            let policy = try #require(page["Content-Security-Policy"])
            #expect(policy.hasPrefix("default-src 'self';") && !policy.contains("unsafe"))
            #expect(!page.text.contains("<style") && !page.text.contains("<script>"))
            for file in [SwaggerUI.script, SwaggerUI.style, "docs.js"] {
                #expect(page.text.contains("\"/docs/\(file)\""))
                #expect(try await service.get("/docs/\(file)").status == 200)
            }
            #expect(try await service.get("/docs/..%2Fsecret").code == "not_found")
        }
    }

    @Test(arguments: [
        ("127.0.0.1", 8090, ["/", "http://127.0.0.1:8090"]), ("::1", 80, ["/", "http://[::1]:80"]), ("127.0.0.1", 0, ["/"]),
        ("0.0.0.0", 8090, ["/"]),
    ])
    func `the servers are where it was read and where it listens`(host: String, port: Int, servers: [String]) {
        let document = ContractDocument(routes: RouteTable([]), host: host, port: port, hasKeys: true).jsonValue
        #expect(document["servers"]?.elements?.compactMap { $0["url"]?.text } == servers)
    }

    @Test func `without keys nobody on this machine needs one, but an administrator does`() {
        let routes = RouteTable([
            Route("/api/audit/signals", .get(.reader) { _ in Answer([:]) }, .delete(.administrator, body: .json) { _ in Answer([:]) })
        ])
        let document = ContractDocument(routes: routes, host: "127.0.0.1", port: 0, hasKeys: false).jsonValue
        let path = document["paths"]?["/api/audit/signals"]
        #expect(path?["get"]?["security"]?.elements?.first == .object([]))
        #expect(path?["delete"]?["security"]?.elements?.count == 2)
    }

    @Test func `a time too far ahead is named by its field`() async throws {
        let service = try service()
        for method in ["PUT", "PATCH"] {
            let reply = try await service.send(
                method, "/api/cache/metrics", #"{"metrics": {"timestamp": "2999-01-01T00:00:00Z"}}"#,
                headers: [("X-API-Key", ContractKeys.administrator)])
            #expect(reply.status == 422 && reply.wrong == ["metrics.timestamp"])
        }
    }

    /// The pattern is written by hand, the rule is the code's.
    @Test func `the pattern of printable texts is the rule`() {
        var ranges: [ClosedRange<UInt32>] = []
        // Scalar by scalar: some of these characters join what stands beside them.
        var rest = Schema.unprintable.unicodeScalars[...]
        func character() -> UInt32 {
            guard rest.first == "\\" else { return rest.removeFirst().value }
            let digits = String(String.UnicodeScalarView(rest.dropFirst(2).prefix(4)))
            rest = rest.dropFirst(6)
            return UInt32(digits, radix: 16) ?? 0
        }
        while !rest.isEmpty {
            let first = character()
            guard rest.first == "-" else {
                ranges.append(first...first)
                continue
            }
            rest = rest.dropFirst()
            ranges.append(first...character())
        }
        var wrong: [UInt32] = []
        for value in UInt32(0)...0x10ffff {
            guard let scalar = Unicode.Scalar(value) else { continue }
            if TextRule.isPrintable(scalar) == ranges.contains(where: { $0.contains(value) }) { wrong.append(value) }
        }
        #expect(wrong.isEmpty, "\(wrong.prefix(20).map { String($0, radix: 16) })")
    }
}

import CacheServices
import HTTPTypes
import RedisTesting
import Testing

@testable import DashboardServer

@Suite(.serialized, .sharedService, .timeLimit(.minutes(1)))
struct ProtocolTests {
    @Test(arguments: [
        "/nothing", "/nothing/", "/api", "/api/cache/signals/", "/api/cache/positions/", "//livez", "/api/cache/positions/a/b", "/livez/x",
    ])
    func `an unknown path is a 404 problem`(target: String) async throws {
        let service = try #require(SharedService.current)
        for method in ["GET", "POST", "DELETE"] {
            let reply = try await service.request(method, target)
            #expect(reply.status == 404)
            #expect(reply.code == "not_found")
            #expect(reply["X-Request-ID"] != nil)
        }
    }

    @Test func `a method that a route does not have is a 405 with the ones that it has`() async throws {
        let service = try #require(SharedService.current)
        for route in service.service.routes.routes {
            let target = route.target
            let methods = Set(route.endpoints.map(\.method.rawValue))
            for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"] where !methods.contains(method) {
                let reply = try await service.request(method, target)
                #expect(reply.status == 405, "\(method) \(target)")
                #expect(reply.code == "method_not_allowed")
                #expect(reply["Allow"] == route.allowed)
            }
        }
        #expect(try await service.request("PUT", "/api/cache/signals")["Allow"] == "GET, HEAD, POST, DELETE")
    }

    @Test func `HEAD answers as GET does, without the body`() async throws {
        let service = try await SharedService.empty()
        _ = try await service.send("POST", "/api/cache/signals", #"{"signal": \#(Samples.signal)}"#)
        for target in ["/api/cache/signals", "/api/cache/positions", "/livez", "/readyz", "/api/cache/signals?type=bad", "/nothing"] {
            let get = try await service.get(target)
            let head = try await service.request("HEAD", target)
            #expect(head.status == get.status)
            #expect(head.body.isEmpty)
            #expect(head["Content-Type"] == get["Content-Type"])
            #expect(head["ETag"] == get["ETag"])
            if target != "/api/cache/signals?type=bad", target != "/nothing" { #expect(head["Content-Length"] == "\(get.body.count)") }
        }
    }

    @Test func `a HEAD on a kept connection leaves it in order`() async throws {
        let service = try #require(SharedService.current)
        try await RawConnection.open(port: service.port) { (connection) async throws in
            try await connection.send("HEAD /livez HTTP/1.1\r\nHost: localhost\r\n\r\nGET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(try await connection.reply(isHead: true)?.status == 200)
            #expect(try await connection.reply()?.text == #"{"status":"alive"}"#)
        }
    }

    @Test func `an entity tag makes a 304 until the value changes`() async throws {
        let service = try await SharedService.empty()
        _ = try await service.send("POST", "/api/cache/signals", #"{"signal": \#(Samples.signal)}"#)
        for target in ["/api/cache/signals", "/api/cache/signals?type=history&symbol=USDCOP", "/api/cache/signals?type=all"] {
            let first = try await service.get(target)
            let tag = try #require(first["ETag"])
            for condition in [tag, "W/\(tag)", "*", "\"other\", \(tag)", "\"a\",W/\(tag) , \"b\""] {
                let reply = try await service.get(target, headers: [("If-None-Match", condition)])
                #expect(reply.status == 304)
                #expect(reply.body.isEmpty)
                #expect(reply["ETag"] == tag)
                #expect(reply["Cache-Control"] == "no-cache")
                #expect(reply["Content-Length"] == nil)
            }
            #expect(try await service.get(target, headers: [("If-None-Match", "\"other\"")]).status == 200)
            #expect(try await service.request("HEAD", target, headers: [("If-None-Match", tag)]).status == 304)
        }
        let tag = try #require(try await service.get("/api/cache/signals")["ETag"])
        _ = try await service.send("POST", "/api/cache/signals", #"{"signal": \#(Samples.signal("new", at: "2025-01-15T11:00:00Z"))}"#)
        #expect(try await service.get("/api/cache/signals", headers: [("If-None-Match", tag)]).status == 200)
    }

    @Test func `every answer has the common headers`() async throws {
        let service = try #require(SharedService.current)
        for target in ["/livez", "/api/cache/signals", "/nothing", "/api/cache/signals?x=1"] {
            let reply = try await service.get(target)
            #expect(reply["Cache-Control"] == "no-cache")
            #expect(reply["X-Content-Type-Options"] == "nosniff")
            #expect(reply["X-Cache-Backend"] == "redis")
            #expect(reply["X-Cache-Stale"] == nil)
            #expect(reply["Date"] != nil)
            #expect(["application/json", "application/problem+json"].contains(reply["Content-Type"] ?? ""))
        }
    }

    @Test(arguments: ["abc", "A-b_c.9", String(repeating: "x", count: 128)])
    func `a sane request id is taken over`(id: String) async throws {
        let service = try #require(SharedService.current)
        let reply = try await service.get("/nothing", headers: [("X-Request-ID", id)])
        #expect(reply["X-Request-ID"] == id)
        #expect(reply.json["instance"]?.text == "urn:usdcop:request:\(id)")
        #expect(service.log.records.contains { $0.metadata["request_id"] == id })
    }

    @Test(arguments: ["a b", "a\"b", "ä", String(repeating: "x", count: 129), "", "../x"])
    func `any other request id is replaced by one of ours`(id: String) async throws {
        let service = try #require(SharedService.current)
        let one = try await service.get("/livez", headers: [("X-Request-ID", id)])["X-Request-ID"]
        let two = try await service.get("/livez", headers: [("X-Request-ID", id)])["X-Request-ID"]
        #expect(one != two)
        #expect(RequestID.isSane(one ?? "") && one != id)
    }

    @Test(arguments: [nil, "text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin1", "application/jsonx", ""])
    func `a body that is not declared as JSON is a 415`(type: String?) async throws {
        let service = try #require(SharedService.current)
        let before = try await service.fingerprint()
        let headers = type.map { [("Content-Type", $0)] } ?? []
        let reply = try await service.request(
            "POST", "/api/cache/signals", headers: headers, body: Array(#"{"signal": \#(Samples.signal)}"#.utf8))
        #expect(reply.status == 415)
        #expect(reply.code == "unsupported_media_type")
        #expect(try await service.fingerprint() == before)
    }

    @Test(arguments: ["application/json", "Application/JSON;charset=UTF-8", "application/json; charset=\"utf-8\""])
    func `a body declared as JSON is read`(type: String) async throws {
        let service = try await SharedService.empty()
        let body = Array(#"{"value": 1}"#.utf8)
        #expect(
            try await service.request("PUT", "/api/cache/metrics/custom/a", headers: [("Content-Type", type)], body: body).status == 200)
    }

    @Test func `a compressed body is a 415`() async throws {
        let service = try #require(SharedService.current)
        #expect(try await service.send("PUT", "/api/cache/metrics/custom/a", "{}", headers: [("Content-Encoding", "gzip")]).status == 415)
    }

    @Test func `a body where none is taken is refused, and the connection ends`() async throws {
        let service = try await SharedService.empty()
        for method in ["GET", "DELETE"] {
            let reply = try await service.send(method, "/api/cache/positions/USDCOP", "{}")
            #expect(reply.status == 400)
            #expect(reply.code == "unexpected_body")
            #expect(reply["Connection"] == "close")
        }
        #expect(try await service.request("DELETE", "/api/cache/positions/USDCOP", body: []).status == 200)
    }

    @Test func `a chunked body is read, and beyond 64 KB it is a 413 before its end`() async throws {
        let service = try await SharedService.empty()
        let head =
            "PUT /api/cache/metrics/custom/a HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        try await RawConnection.open(port: service.port) { (connection) async throws in
            try await connection.send(head + "5\r\n{\"val\r\n8\r\nue\": 12}\r\n0\r\n\r\n")
            #expect(try await connection.reply()?.status == 200)
            try await connection.send(head)
            let chunk = "4000\r\n" + String(repeating: "a", count: 0x4000) + "\r\n"
            for _ in 0..<5 { try await connection.send(chunk) }
            let reply = try await connection.reply()
            #expect(reply?.status == 413)
            #expect(reply?["Connection"] == "close")
            #expect(await connection.isEnded())
        }
    }

    @Test func `an announced giant body is refused before a byte of it is read`() async throws {
        let service = try #require(SharedService.current)
        try await RawConnection.open(port: service.port) { (connection) async throws in
            try await connection.send(
                "POST /api/cache/signals HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2000000000\r\n\r\n"
            )
            let reply = try await connection.reply()
            #expect(reply?.status == 413)
            #expect(reply?["Connection"] == "close")
            #expect(await connection.isEnded())
        }
    }

    @Test func `an address beyond 8 KB is a 414`() async throws {
        let service = try #require(SharedService.current)
        let reply = try await service.get("/api/cache/signals?type=" + String(repeating: "a", count: 9000))
        #expect(reply.status == 414)
        #expect(reply.code == "uri_too_long")
    }

    @Test(arguments: ["GET\r\n\r\n", "\u{1}\u{2}\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET /livez HTTP/1.1\r\nA b: c\r\n\r\n"])
    func `what is no HTTP is a bare 400`(bytes: String) async throws {
        let service = try #require(SharedService.current)
        try await RawConnection.open(port: service.port) { (connection) async throws in
            try await connection.send(bytes)
            #expect(try await connection.reply()?.status == 400)
        }
    }

    @Test func `a header flood is refused`() async throws {
        let service = try #require(SharedService.current)
        try await RawConnection.open(port: service.port) { (connection) async throws in
            let lines = (0..<200).map { "X-H\($0): \(String(repeating: "a", count: 500))\r\n" }.joined()
            try await connection.send("GET /livez HTTP/1.1\r\nHost: localhost\r\n" + lines + "\r\n")
            #expect(try await connection.reply()?.status == 400)
        }
        #expect(try await service.get("/livez").status == 200)
    }

    @Test func `a body that ends early writes nothing`() async throws {
        let service = try await SharedService.empty()
        let before = try await service.fingerprint()
        try await RawConnection.open(port: service.port) { (connection) async throws in
            try await connection.send(
                "PUT /api/cache/metrics/custom/a HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 40\r\n\r\n{\"value\": 1}"
            )
            connection.finishSending()
            #expect(try await connection.reply().map { $0.status == 400 } ?? true)
        }
        #expect(try await service.fingerprint() == before)
    }

    @Test func `many requests on one connection are answered in order`() async throws {
        let service = try #require(SharedService.current)
        try await RawConnection.open(port: service.port) { (connection) async throws in
            try await connection.send((0..<50).map { "GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Request-ID: r\($0)\r\n\r\n" }.joined())
            for number in 0..<50 { #expect(try await connection.reply()?["X-Request-ID"] == "r\(number)") }
        }
    }
}

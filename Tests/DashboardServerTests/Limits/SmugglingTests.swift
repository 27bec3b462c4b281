import Hiredis
import RedisTesting
import TestTurns
import Testing

@testable import DashboardServer

/// Requests that a proxy in front could take for something else: each gets its one status, and the connection ends.
@Suite(.takesTurns, .serialized, .sharedService, .timeLimit(.minutes(1)))
struct SmugglingTests {
    private static let host = "Host: localhost\r\n"
    private static let put = "PUT /api/cache/metrics/custom/a HTTP/1.1\r\n\(host)Content-Type: application/json\r\n"
    private static let hidden = "GET /livez HTTP/1.1\r\n\(host)\r\n"
    private static let value = "{\"value\": 1}"

    static let refused: [(name: String, bytes: String)] = [
        ("length and chunks", put + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden),
        ("chunks and length", put + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + hidden),
        ("two lengths", put + "Content-Length: 2\r\nContent-Length: 12\r\n\r\n" + value),
        ("the same length twice", put + "Content-Length: 12\r\nContent-Length: 12\r\n\r\n" + value),
        ("a list of lengths", put + "Content-Length: 12, 12\r\n\r\n" + value),
        ("a length with a sign", put + "Content-Length: +12\r\n\r\n" + value),
        ("a negative length", put + "Content-Length: -12\r\n\r\n" + value),
        ("a length beyond all numbers", put + "Content-Length: 99999999999999999999999\r\n\r\n" + value),
        ("a coding before chunks", put + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" + hidden),
        ("a coding after chunks", put + "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n" + hidden),
        ("an unknown coding", put + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + hidden),
        ("chunks twice", put + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden),
        ("chunks before 1.1", put.replacingSubrange("1.1", "1.0") + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden),
        ("a size that is none", put + "Transfer-Encoding: chunked\r\n\r\nzz\r\n\(value)\r\n0\r\n\r\n"),
        ("a size with a prefix", put + "Transfer-Encoding: chunked\r\n\r\n0xc\r\n\(value)\r\n0\r\n\r\n"),
        ("a size beyond all numbers", put + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n\(value)\r\n0\r\n\r\n"),
        ("chunks without CR", put + "Transfer-Encoding: chunked\r\n\r\nc\n\(value)\n0\n\n"),
        ("a chunk longer than its size", put + "Transfer-Encoding: chunked\r\n\r\n5\r\n\(value)\r\n0\r\n\r\n"),
        ("an LF in an extension", put + "Transfer-Encoding: chunked\r\n\r\nc;a\nb\r\n\(value)\r\n0\r\n\r\n"),
        ("a folded header", "GET /livez HTTP/1.1\r\n\(host)X-A: a\r\n b\r\n\r\n"),
        ("a folded coding", put + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n"),
        ("lines without CR", "GET /livez HTTP/1.1\nHost: localhost\n\n"),
        ("one line without CR", "GET /livez HTTP/1.1\r\nHost: localhost\nX: y\r\n\r\n"),
        ("a CR alone", "GET /livez HTTP/1.1\r\nHost: localhost\rX: y\r\n\r\n"),
        ("a space before the colon", "GET /livez HTTP/1.1\r\nHost : localhost\r\n\r\n"),
        ("a coding with a space before the colon", put + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"),
        ("a space at the start", "GET /livez HTTP/1.1\r\n X: y\r\n\(host)\r\n"), ("a NUL", "GET /livez HTTP/1.1\r\n\(host)X: a\0b\r\n\r\n"),
        ("no host", "GET /livez HTTP/1.1\r\n\r\n"), ("two hosts", "GET /livez HTTP/1.1\r\n\(host)Host: evil.example\r\n\r\n"),
        ("no name as host", "GET /livez HTTP/1.1\r\nHost: a b\r\n\r\n"),
        ("a user in the host", "GET /livez HTTP/1.1\r\nHost: a@localhost\r\n\r\n"),
        ("an empty host", "GET /livez HTTP/1.1\r\nHost:\r\n\r\n"),
        ("an address of another host", "GET http://evil.example/livez HTTP/1.1\r\n\(host)\r\n"),
        ("no version", "GET /livez\r\n\r\n"), ("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        ("letters outside ASCII", "GET /liv\u{e9}z HTTP/1.1\r\n\(host)\r\n"),
    ]

    @Test(arguments: refused)
    func `what two servers could understand differently is a bare 400, and nothing after it is read`(attack: (name: String, bytes: String))
        async throws
    {
        let service = try #require(SharedService.current)
        let before = try await service.fingerprint()
        let statuses = try await Self.answers(service, attack.bytes)
        #expect(statuses == [400], "\(attack.name)")
        #expect(try await service.fingerprint() == before)
    }

    static let last: [(name: String, bytes: String, statuses: [Int])] = [
        ("a body where none is taken", "GET /nothing HTTP/1.1\r\n\(host)Content-Length: \(hidden.utf8.count)\r\n\r\n" + hidden, [404]),
        ("a body for nobody", "POST /nothing HTTP/1.1\r\n\(host)Content-Length: \(hidden.utf8.count)\r\n\r\n" + hidden, [404]),
        ("a tunnel", "CONNECT localhost:80 HTTP/1.1\r\n\(host)\r\n" + hidden, [404]),
        ("another protocol", "GET /livez HTTP/1.1\r\n\(host)Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n" + hidden, [200]),
        ("HTTP/1.0", "GET /livez HTTP/1.0\r\n\r\n" + hidden, [200]),
        ("HTTP/1.0 that would stay", "GET /livez HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + hidden, [200]),
        ("an upgrade to nothing", "GET /livez HTTP/1.1\r\n\(host)Upgrade: h2c\r\n\r\n" + hidden, [200]),
        ("a connection upgrade alone", "GET /livez HTTP/1.1\r\n\(host)Connection: upgrade\r\n\r\n" + hidden, [200]),
        ("a close in capitals", "GET /livez HTTP/1.1\r\n\(host)Connection: Close\r\n\r\n" + hidden, [200]),
        ("a refusal behind an answer", hidden + hidden + "GET /livez HTTP/1.1\r\n\r\n" + hidden, [200, 200, 400]),
    ]

    @Test(arguments: last)
    func `after the last request of a connection nothing is read`(request: (name: String, bytes: String, statuses: [Int])) async throws {
        let service = try #require(SharedService.current)
        #expect(try await Self.answers(service, request.bytes) == request.statuses, "\(request.name)")
    }

    /// Requests that are refused before their body is read.
    @Test(arguments: [
        ("a body of no type", "PUT /api/cache/metrics/custom/a HTTP/1.1\r\n\(host)Content-Length: 12\r\n\r\n\(value)", 415),
        ("a body where none is taken", "DELETE /api/cache/metrics HTTP/1.1\r\n\(host)Content-Length: 12\r\n\r\n\(value)", 400),
        ("a body for nobody", "POST /nothing HTTP/1.1\r\n\(host)Content-Length: 12\r\n\r\n\(value)", 404),
    ])
    func `what was sent ahead behind the last answer of a connection is not done`(first: (name: String, bytes: String, status: Int))
        async throws
    {
        let service = try #require(SharedService.current)
        let behind = "PUT /api/cache/metrics/custom/behind HTTP/1.1\r\n\(Self.host)Content-Type: application/json\r\n"
        try await service.redis.ask("DEL", "usdcop:metrics:custom:behind")
        let second = behind + "Content-Length: 12\r\n\r\n\(Self.value)"
        #expect(try await Self.answers(service, first.bytes + second) == [first.status], "\(first.name)")
        #expect(try await service.redis.ask("EXISTS", "usdcop:metrics:custom:behind").integer == 0, "\(first.name)")
        #expect(try await Self.answers(service, second + "GET / HTTP/1.0\r\n\r\n").first == 200)
    }

    @Test func `who waits to be told to go on is told, and its body is read`() async throws {
        let service = try #require(SharedService.current)
        try await RawConnection.open(port: service.port) { (connection) async throws in
            try await connection.send(Self.put + "Expect: 100-continue\r\nContent-Length: 12\r\n\r\n")
            #expect(try await connection.reply()?.status == 100)
            try await connection.send(Self.value)
            #expect(try await connection.reply()?.status == 200)
        }
    }

    @Test func `who speaks HTTP 1.0 is not told to go on: it would take that for the answer`() async throws {
        let service = try #require(SharedService.current)
        let request =
            "PUT /api/cache/metrics/custom/old HTTP/1.0\r\n\(Self.host)Content-Type: application/json\r\n"
            + "Expect: 100-continue\r\nContent-Length: 12\r\n\r\n\(Self.value)"
        #expect(try await Self.answers(service, request) == [200])
    }

    /// Everything that is answered until the server ends the connection.
    private static func answers(_ service: RunningService, _ bytes: String) async throws -> [Int] {
        try await RawConnection.open(port: service.port) { (connection) async throws in
            try await connection.send(bytes)
            var statuses: [Int] = []
            while let reply = try? await connection.reply() { statuses.append(reply.status) }
            return statuses
        }
    }
}

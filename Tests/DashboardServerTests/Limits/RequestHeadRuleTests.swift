import NIOHTTP1
import Testing

@testable import DashboardServer

@Suite struct RequestHeadRuleTests {
    private static func check(_ uri: String, _ version: HTTPVersion, _ headers: [(String, String)]) throws -> HTTPRequestHead {
        var head = HTTPRequestHead(version: version, method: .GET, uri: uri, headers: HTTPHeaders(headers))
        var known: String? = "another"
        try RequestHeadRule.check(&head, known: &known)
        // The same again is taken again.
        try RequestHeadRule.check(&head, known: &known)
        return head
    }

    static let refused: [(uri: String, version: HTTPVersion, headers: [(String, String)])] = [
        ("/", .http1_1, []), ("/", .http1_1, [("Host", "a"), ("host", "a")]), ("/", .http1_1, [("Host", "")]),
        ("/", .http1_1, [("Host", "a b")]),
        ("/", .http1_1, [("Host", "user@a")]), ("/", .http1_1, [("Host", "a:b")]), ("/", .http1_1, [("Host", "a/b")]),
        ("/", .http1_1, [("Host", "a, b")]),
        ("/", .http1_0, [("Host", "a"), ("Host", "b")]), ("http://b/", .http1_1, [("Host", "a")]),
        ("http://a:81/", .http1_1, [("Host", "a")]),
        ("http://user@a/", .http1_1, [("Host", "a")]), ("http://a?x", .http1_1, [("Host", "b")]),
        ("/", .http1_1, [("Host", "a"), ("Transfer-Encoding", "gzip, chunked")]),
        ("/", .http1_1, [("Host", "a"), ("Transfer-Encoding", "identity")]),
        ("/", .http1_1, [("Host", "a"), ("transfer-encoding", "chunked"), ("Transfer-Encoding", "chunked")]),
        ("/", .http1_0, [("Host", "a"), ("Transfer-Encoding", "chunked")]),
    ]

    @Test(arguments: refused)
    func `a head that somebody else could understand differently is refused`(
        head: (uri: String, version: HTTPVersion, headers: [(String, String)])
    ) {
        #expect(throws: HTTPParserError.self) { try Self.check(head.uri, head.version, head.headers) }
    }

    static let taken: [(uri: String, version: HTTPVersion, headers: [(String, String)], isLast: Bool)] = [
        ("/", .http1_1, [("Host", "a")], false), ("/", .http1_1, [("HOST", "A:80")], false),
        ("http://a/", .http1_1, [("Host", "a:80")], false),
        ("http://A/x://y", .http1_1, [("Host", "a")], false), ("*", .http1_1, [("Host", "[::1]:8090")], false),
        ("/x?u=http://b/", .http1_1, [("Host", "a")], false), ("/", .http1_0, [], true),
        ("/", .http1_0, [("Connection", "keep-alive")], true),
        ("/", .http1_1, [("Host", "a"), ("Connection", "Close")], true),
        ("/", .http1_1, [("Host", "a"), ("Connection", "keep-alive, CLOSE")], true),
        ("/", .http1_1, [("Host", "a"), ("Connection", "keep-alive")], false),
        ("/", .http1_1, [("Host", "a"), ("Connection", "Upgrade"), ("Upgrade", "h2c")], true),
        ("/", .http1_1, [("Host", "a"), ("Upgrade", "websocket")], true),
        ("/", .http1_1, [("Host", "a"), ("Transfer-Encoding", "Chunked")], false),
    ]

    @Test(arguments: taken)
    func `others are taken, and it is said in one way which is the last of its connection`(
        head: (uri: String, version: HTTPVersion, headers: [(String, String)], isLast: Bool)
    ) throws {
        let checked = try Self.check(head.uri, head.version, head.headers)
        #expect((checked.headers["connection"] == ["close"]) == head.isLast)
    }
}

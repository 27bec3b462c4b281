import CacheServices
import Testing

@testable import DashboardServer

@Suite struct RouteTableTests {
    private let table = RouteTable(
        ["/a", "/a/{name}", "/a/{name}/b", "/a/fixed"].map { path in Route(path, .get(nil) { _ in Answer([:]) }) })

    @Test(
        arguments: [
            ("/a", "/a", nil), ("/a/x", "/a/{name}", "x"), ("/a/fixed", "/a/fixed", nil), ("/a/x%2Fb", "/a/{name}", "x/b"),
            ("/a/x+y/b", "/a/{name}/b", "x+y"), ("/a/%20", "/a/{name}", " "), ("/a/", nil, nil), ("/a//b", nil, nil), ("a", nil, nil),
            ("", nil, nil), ("/", nil, nil), ("/a/x/c", nil, nil), ("*", nil, nil), ("/A", nil, nil),
        ] as [(String, String?, String?)])
    func `finds the route of a path`(path: String, pattern: String?, name: String?) throws {
        let match = try table.match(path)
        #expect(match?.route.pattern.text == pattern)
        #expect(match?.parameters["name"] == name)
    }

    @Test(arguments: ["/a/%", "/a/%2", "/a/%zz", "/a/%FF", "/a/%ED%A0%80"])
    func `refuses broken percent-encoding`(path: String) {
        #expect(throws: Problem.self) { try table.match(path) }
    }

    @Test func `names request by request`() {
        let ids = RequestID()
        #expect(ids.name(given: "mine") == "mine")
        #expect(ids.name(given: nil) != ids.name(given: nil))
        #expect(RequestID.isSane(ids.name(given: "no good")))
    }
}

import HTTPTypes
import NIOCore
import Testing

@testable import DashboardServer

@Suite struct ProxyPolicyTests {
    private static func fields(_ headers: [(String, String)]) throws -> HTTPFields {
        var fields = HTTPFields()
        for (name, value) in headers { fields.append(HTTPField(name: try #require(HTTPField.Name(name)), value: value)) }
        return fields
    }

    static let requests: [(peer: String, headers: [(String, String)], client: String, isLoopback: Bool)] = [
        ("127.0.0.1", [], "127.0.0.1", true),
        ("::1", [], "::1", true),
        ("203.0.113.9", [], "203.0.113.9", false),
        ("203.0.113.9", [("X-Forwarded-For", "127.0.0.1")], "203.0.113.9", false),
        ("127.0.0.1", [("X-Forwarded-For", "198.51.100.1")], "127.0.0.1", false),
        ("127.0.0.1", [("Via", "1.1 proxy")], "127.0.0.1", false),
        ("127.0.0.1", [("X-Real-IP", "198.51.100.1")], "127.0.0.1", false),
        ("127.0.0.1", [("Forwarded", "")], "127.0.0.1", false),
        ("127.0.0.1", [("X-Forwarded-Proto", "https")], "127.0.0.1", false),
        ("127.0.0.1", [("x-forwarded-host", "desk.example.com")], "127.0.0.1", false),
        ("127.0.0.1", [("CF-Connecting-IP", "198.51.100.1")], "127.0.0.1", false),
        ("127.0.0.1", [("Accept", "*/*")], "127.0.0.1", true),
        ("10.0.0.1", [("X-Forwarded-For", "198.51.100.1")], "198.51.100.1", false),
        ("10.0.0.1", [("X-Forwarded-For", "127.0.0.1")], "127.0.0.1", false),
        ("10.0.0.1", [("X-Forwarded-For", "1.1.1.1, 198.51.100.1")], "198.51.100.1", false),
        ("10.0.0.1", [("X-Forwarded-For", "1.1.1.1"), ("X-Forwarded-For", "198.51.100.1,10.9.9.9")], "198.51.100.1", false),
        ("10.0.0.1", [("X-Forwarded-For", "10.2.2.2, 10.3.3.3")], "10.2.2.2", false),
        ("10.0.0.1", [("X-Forwarded-For", "1.1.1.1, nonsense, 10.3.3.3")], "10.3.3.3", false),
        ("10.0.0.1", [("X-Forwarded-For", "198.51.100.1:4711")], "198.51.100.1", false),
        ("10.0.0.1", [("X-Forwarded-For", "[2001:db8::7]:80")], "2001:db8::7", false),
        ("10.0.0.1", [("X-Forwarded-For", "")], "10.0.0.1", false),
        ("10.0.0.1", [("Forwarded", "for=198.51.100.1;proto=https")], "198.51.100.1", false),
        ("10.0.0.1", [("Forwarded", "for=1.1.1.1, For=\"[2001:db8::7]:4711\"")], "2001:db8::7", false),
        ("10.0.0.1", [("Forwarded", "for=_hidden")], "10.0.0.1", false),
        ("10.0.0.1", [("Forwarded", "for=1.1.1.1"), ("X-Forwarded-For", "198.51.100.1")], "10.0.0.1", false),
        ("10.0.0.1", [("Forwarded", "for=198.51.100.1"), ("X-Forwarded-For", "198.51.100.1")], "198.51.100.1", false),
        ("2001:db8:1::1", [("X-Forwarded-For", "198.51.100.1")], "198.51.100.1", false),
        ("::ffff:10.0.0.1", [("X-Forwarded-For", "198.51.100.1")], "198.51.100.1", false),
    ]

    @Test(arguments: requests)
    func `the nearest hop that is not trusted is the client, and whoever comes through a proxy is not of this machine`(
        request: (peer: String, headers: [(String, String)], client: String, isLoopback: Bool)
    ) throws {
        let trusted = try ["10.0.0.0/8", "2001:db8:1::/48"].map { try #require(AddressRange($0)) }
        let origin = ProxyPolicy(trusted: trusted, matters: true).origin(
            peer: try SocketAddress(ipAddress: request.peer, port: 1), try Self.fields(request.headers))
        #expect(origin.address?.text == request.client)
        #expect(origin.isLoopback == request.isLoopback)
    }

    @Test func `a thousand hops cost no more than a few`() throws {
        let trusted = [try #require(AddressRange("10.0.0.0/8"))]
        let hops = (0..<1000).map { _ in "10.1.1.1" }.joined(separator: ",")
        let origin = ProxyPolicy(trusted: trusted, matters: true).origin(
            peer: try SocketAddress(ipAddress: "10.0.0.1", port: 1), try Self.fields([("X-Forwarded-For", "8.8.8.8," + hops)]))
        #expect(origin.address?.text == "10.1.1.1")
    }

    @Test(
        arguments: [
            ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false), ("0.0.0.0/0", "8.8.8.8", true),
            ("0.0.0.0/0", "::1", false),
            ("192.0.2.1", "192.0.2.1", true), ("192.0.2.1/32", "192.0.2.2", false), ("::/0", "2001:db8::1", true),
            ("2001:db8::/33", "2001:db8:7fff::1", true),
            ("2001:db8::/33", "2001:db8:8000::1", false), ("2001:db8::1", "2001:db8::1", true), ("::1/128", "::1", true),
            ("2001:db8::/72", "2001:db8::00ff:1", true), ("10.0.0.0/31", "10.0.0.1", true),
        ])
    func `a range has what its prefix says`(range: String, address: String, isIn: Bool) throws {
        #expect(try #require(AddressRange(range)).contains(try #require(IPAddress(address))) == isIn)
    }

    @Test(arguments: [
        "", "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8/8", "10.0.0/8", "a", "::/129", "2001:db8::1/64", "10.0.0.0/+8",
        " 10.0.0.0/8", "10.0.0.0/0008",
    ])
    func `anything else is no range`(text: String) { #expect(AddressRange(text) == nil) }

    @Test func `addresses are written and read alike, and one network of version 6 is one client`() throws {
        for text in ["0.0.0.0", "255.255.255.255", "127.0.0.1", "::1", "2001:db8::1", "fe80::1", "::"] {
            #expect(try #require(IPAddress(text)).text == text)
        }
        #expect(IPAddress("2001:db8:1:2:3:4:5:6")?.network == "2001:db8:1:2::/64")
        #expect(IPAddress("192.0.2.1")?.network == "192.0.2.1")
        for text in ["", "1.2.3", "1.2.3.4.5", "01.2.3.4x", "::g", "1::2::3", "fe80::1%eth0"] { #expect(IPAddress(text) == nil) }
    }
}

import Foundation
import Hiredis
import Testing

@Suite struct RedisURLTests {
    @Test(arguments: [
        ("redis://localhost", "localhost", 6379), ("redis://localhost:7000", "localhost", 7000), ("REDIS://h:1", "h", 1),
        ("redis://127.0.0.1:65535/", "127.0.0.1", 65535), ("redis://[::1]", "::1", 6379), ("redis://[::1]:7000/2", "::1", 7000),
        ("rediss://cache.example:6380", "cache.example", 6380), ("redis://h:", "h", 6379), ("redis://h/1?", "h", 6379),
    ])
    func `reads host and port`(url: String, host: String, port: Int) throws {
        let configuration = try RedisConfiguration(url: url)
        #expect(configuration.endpoint == .tcp(host: host, port: port))
        #expect((configuration.tls != nil) == url.hasPrefix("rediss"))
    }

    @Test(arguments: [
        ("unix:///run/redis.sock", "/run/redis.sock"), ("unix://u:p@/run/redis.sock?db=1", "/run/redis.sock"),
        ("redis+unix:///a", "/a"), ("unix:///with%20space/%C3%A9.sock", "/with space/é.sock"), ("unix:/a", "/a"),
        ("unix:///" + String(repeating: "a", count: 106), "/" + String(repeating: "a", count: 106)),
    ])
    func `reads the path of a socket`(url: String, path: String) throws {
        #expect(try RedisConfiguration(url: url).endpoint == .unixSocket(path: path))
    }

    @Test(
        arguments: [
            ("redis://h", nil, nil), ("redis://:secret@h", nil, "secret"), ("redis://app:secret@h", "app", "secret"),
            ("redis://app:p%40s%3As%2Fw%23%25@h", "app", "p@s:s/w#%"), ("redis://:a:b@h", nil, "a:b"), ("redis://:@h", nil, nil),
            ("redis://%C3%BC:%F0%9F%94%91@h", "ü", "🔑"), ("unix://app:secret@/s", "app", "secret"),
        ] as [(String, String?, String?)])
    func `decodes user and password`(url: String, user: String?, password: String?) throws {
        let configuration = try RedisConfiguration(url: url)
        #expect(configuration.user == user)
        #expect(configuration.password == password)
    }

    @Test(arguments: [
        ("redis://h", 0), ("redis://h/0", 0), ("redis://h/15", 15), ("redis://h?db=3", 3), ("unix:///s?db=4", 4),
        ("redis://h/2147483647", 2_147_483_647),
    ])
    func `reads the database`(url: String, database: Int) throws {
        #expect(try RedisConfiguration(url: url).database == database)
    }

    @Test func `reads the client name and keeps the default without one`() throws {
        #expect(try RedisConfiguration(url: "redis://h?client_name=a+b&db=1").clientName == "a+b")
        #expect(try RedisConfiguration(url: "redis://h").clientName == "usdcop")
    }

    /// Every address holds the password `hunter2` where it has room for one.
    @Test(arguments: [
        "", "hunter2", "localhost:6379", "127.0.0.1:6379", "//h", "http://:hunter2@h", "redis:h", "redis://", "redis:///1",
        "redis://:hunter2@", "redis://:hunter2@:6379", "redis://:hunter2@h:0", "redis://:hunter2@h:65536", "redis://:hunter2@h:-1",
        "redis://:hunter2@h:port", "redis://:hunter2@h:99999999999999999999", "redis://:hunter2@[::1", "redis://hunter2@h",
        "redis://hunter2:@h", "redis://:hunter2/@h", "redis://:hunter2#x@h", "redis://:hunter2@h#fragment", "redis://:hunter2@x@h",
        "redis://:hunter2%zz@h", "redis://:hunter2%ff@h", "redis://%ff:hunter2@h", "redis://:hunter 2@h", "redis://:hunter2é@h",
        "redis://:hunter2@h h", "redis://:hunter2@h%00h", "redis://:hunter2@h%0a", "redis://:hunter2@h\n", "redis://:hunter2@h/x",
        "redis://:hunter2@h/-1", "redis://:hunter2@h/1/2", "redis://:hunter2@h/+1", "redis://:hunter2@h/٣", "redis://:hunter2@h/2147483648",
        "redis://:hunter2@h/99999999999999999999", "redis://:hunter2@h?db=", "redis://:hunter2@h?db", "redis://:hunter2@h?db=one",
        "redis://:hunter2@h?database=1", "redis://:hunter2@h?client_name=", "redis://:hunter2@h?client_name=a%20b",
        "redis://:hunter2@h?client_name=a%0ab", "redis://:hunter2@h?client_name=" + String(repeating: "a", count: 65),
        "unix://relative/path", "unix://:hunter2@host/s", "unix:///", "unix://", "unix:///a%00b", "unix:///s?db=-1",
        "unix:///" + String(repeating: "a", count: 107), "unix://:hunter2@/" + String(repeating: "é", count: 54),
    ])
    func `refuses a malformed address without repeating it`(url: String) throws {
        let error = try #require(throws: RedisError.self) { try RedisConfiguration(url: url) }
        #expect(error.code == .configuration)
        #expect(error.outcome == .notSent)
        var dumped = ""
        dump(error, to: &dumped)
        for text in [error.message, error.description, String(reflecting: error), dumped] { #expect(!text.contains("hunter")) }
    }

    @Test func `refuses certificates that cannot be read`() throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).pem")
        try Data("no certificate".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        for path in [file.path, "/does/not/exist.pem", FileManager.default.temporaryDirectory.path] {
            let error = try #require(throws: RedisError.self) { try RedisConfiguration(url: "rediss://h", caFile: path) }
            #expect(error.code == .configuration)
        }
    }

    @Test(arguments: ["redis://app:hunter2@h:7000/3", "rediss://app:hunter2@h", "unix://app:hunter2@/s?db=3"])
    func `shows an address without credentials`(url: String) throws {
        let configuration = try RedisConfiguration(url: url)
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in ["\(configuration)", String(reflecting: configuration), dumped] {
            #expect(!text.contains("hunter"))
            #expect(!text.contains("app"))
        }
        #expect(try RedisConfiguration(url: "\(configuration)").endpoint == configuration.endpoint)
    }
}

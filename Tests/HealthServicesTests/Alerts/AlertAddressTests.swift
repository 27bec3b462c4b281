import CacheServices
import Testing

@testable import HealthServices

@Suite("Addresses of alerts")
struct AlertAddressTests {
    @Test(
        arguments: [
            ("http://h/x", "http://h#"), ("https://hooks.example.com/services/T0/B0/secret", "https://hooks.example.com#"),
            ("HTTP://h:8080/?token=secret", "http://h:8080#"), ("https://me:secret@h/x", "https://h#"),
            ("http://[::1]:80/x", "http://[::1]:80#"),
        ])
    func `a webhook is shown by its host alone`(text: String, prefix: String) throws {
        let url = try WebhookURL(text)
        #expect(url.name.hasPrefix(prefix) && url.name.utf8.count == prefix.utf8.count + 8)
        var dumped = ""
        dump(url, to: &dumped)
        for shown in [url.name, "\(url)", String(reflecting: url), dumped] { #expect(!shown.contains("secret") && !shown.contains("me:")) }
    }

    @Test func `user and password go into a header and out of the address, and their place is not guessed from the name`() throws {
        let url = try WebhookURL("https://me:p%40ss@h/x")
        #expect(url.target == "https://h/x")
        #expect(url.authorization == "Basic bWU6cEBzcw==")
        #expect(try url.name == WebhookURL("https://h/x").name)
        #expect(try url.name != WebhookURL("https://h/y").name)
    }

    @Test(arguments: [
        "", "h", "ftp://h/", "file:///etc/passwd", "javascript:1", "http://", "http:///x", "https://h/a b", "https://h/\u{0d}\u{0a}X: y",
        "https://h:0/",
        "https://h:65536/", "https://h/#f", "https://é/", "//h/x", "unix:///tmp/s", "http+unix://x", "https://h\\x/", "https://%0d%0a/",
    ])
    func `nothing but http and https is a webhook`(text: String) {
        #expect(throws: ValidationError.self) { try WebhookURL(text) }
    }

    @Test(
        arguments: [
            ("smtp://mail:25", "smtp://mail:25", false, nil), ("smtps://mail", "smtps://mail", true, nil),
            ("smtp://desk:s3cret%3Ap%40ss@mail:587/", "smtp://mail:587", true, "s3cret:p@ss"),
            ("SMTP://[::1]:25", "smtp://[::1]:25", false, nil),
        ] as [(String, String, Bool, String?)])
    func `a mail server needs encryption as soon as there is a password`(
        text: String, address: String, needsTLS: Bool, password: String?
    ) throws {
        let server = try SMTPServer(text)
        #expect(server.address == address && server.needsTLS == needsTLS && server.password == password)
        var dumped = ""
        dump(server, to: &dumped)
        for shown in ["\(server)", String(reflecting: server), dumped] { #expect(!shown.contains("s3cret")) }
    }

    @Test(arguments: [
        "", "mail", "http://mail", "smtp://", "smtp://me@mail", "smtp://:pw@mail", "smtp://me:@mail", "smtp://mail/path", "smtp://mail?x=1",
        "smtp://mail:0", "smtp://mail#x", "smtp://me:a%0d%0aQUIT@mail", "smtp://me:a%00b@mail", "smtp://a b",
    ])
    func `nothing else is a mail server`(text: String) {
        #expect(throws: ValidationError.self) { try SMTPServer(text) }
    }

    @Test(arguments: ["a@b", "first.last+tag@mail.example.com", "o'neil@example.co", "A1_-@x-y.z"])
    func `plain addresses are taken`(text: String) throws {
        #expect(try EmailAddress(text).rawValue == text)
    }

    @Test(arguments: [
        "", "a", "@b", "a@", "a@b@c", "a b@c", "Desk <a@b>", "a@b\r\nBcc: c@d", "a@b,c@d", ".a@b", "a.@b", "a..b@c", "a@-b", "a@b-",
        "a@b..c", "é@b", "a@é",
        "<a@b>", "a@b>", "\"a\"@b", "a@[127.0.0.1]", "a@b\u{0}",
    ])
    func `what could be anything else is no address`(text: String) {
        #expect(throws: ValidationError.self) { try EmailAddress(text) }
    }

    @Test func `a secret has at least 16 bytes, and is not shown`() throws {
        #expect(WebhookSecret(contents: Array("fifteen bytes!!\n".utf8)) == nil)
        let secret = try #require(WebhookSecret(contents: Array("sixteen bytes!!!\n".utf8)))
        var dumped = ""
        dump(secret, to: &dumped)
        #expect(!dumped.contains("bytes") && !"\(secret)".contains("bytes"))
        // printf '1736937000.{"a":1}' | openssl dgst -sha256 -hmac 'sixteen bytes!!!'
        #expect(
            secret.signature(of: Array(#"{"a":1}"#.utf8), seconds: 1_736_937_000)
                == "t=1736937000,v1=2f3241ab8e774b2f3c3a0965e828eba2582d27eb53732f3a6f7d6ce7a077f1a4")
    }
}

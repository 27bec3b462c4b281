import CacheServices
import Foundation
import Logging
import Testing

@testable import LoggingServices

@Suite("Redaction")
struct RedactionTests {
    @Test(arguments: [
        "password", "PASSWORD", "db_password", "passwd", "pwd", "passphrase", "token", "access-token", "Authorization",
        "proxy-authorization",
        "API-Key", "api_key", "apiKey", "x.api.key", "secret", "client_secret", "credentials", "Set-Cookie", "private_key", "accessKey",
        "jwt",
    ])
    func `a secret is known by its name`(name: String) {
        #expect(Redaction.isSecret(name))
    }

    @Test(arguments: ["", "a", "symbol", "signal_id", "key", "user_id", "session_id", "pass", "author", "cook", "paßword", "state"])
    func `other names are none`(name: String) {
        #expect(!Redaction.isSecret(name))
    }

    @Test(arguments: [
        ("password=CANARY", "password=[redacted]"), ("password = CANARY next", "password = [redacted] next"),
        ("PASSWORD: CANARY", "PASSWORD: [redacted]"), ("db.password=>CANARY", "db.password=>[redacted]"),
        (#"{"token":"CANARY","a":1}"#, #"{"token":"[redacted]","a":1}"#), (#"{"token" : "CAN\"ARY x"}"#, #"{"token" : "[redacted]"}"#),
        (#"{\"api_key\":\"CANARY y\",\"b\":2}"#, #"{\"api_key\":\"[redacted]\",\"b\":2}"#),
        (#"["password": "CANARY z"]"#, #"["password": "[redacted]"]"#), ("secret='CANARY a b'", "secret='[redacted]'"),
        (#"password: Optional("CANARY pw"), b: 1"#, "password: [redacted]), b: 1"),
        (#"tokens: ["CANARY", "CANARY"] end"#, "tokens: [redacted] end"),
        (#"{"secret":{"a":["CANARY"]},"b":1}"#, #"{"secret":[redacted],"b":1}"#),
        ("Authorization: Bearer CANARY", "Authorization: [redacted]"),
        ("authorization: basic CANARY and more", "authorization: [redacted] and more"),
        ("Authorization: Digest a=\"CANARY\", b=CANARY", "Authorization: [redacted]"),
        ("Cookie: a=CANARY; b=CANARY\nHost: h", "Cookie: [redacted]\nHost: h"),
        ("sent Bearer CANARY to", "sent Bearer [redacted] to"), ("sent bearer CANARY", "sent bearer [redacted]"),
        ("token: Bearer CANARY", "token: [redacted]"), ("GET /x?api_key=CANARY&b=2", "GET /x?api_key=[redacted]&b=2"),
        ("redis://user:CANARY@host:6379/0", "redis://[redacted]@host:6379/0"), ("rediss://CANARY@h", "rediss://[redacted]@h"),
        ("redis://:CAN@ARY@h is away", "redis://[redacted]@h is away"), ("redis://u:CAN/ARY@h", "redis://[redacted]@h"),
        ("a redis://u:CANARY@h, b http://x:CANARY@y/z", "a redis://[redacted]@h, b http://[redacted]@y/z"),
        ("password=CANARY redis://u:CANARY@h token=CANARY", "password=[redacted] redis://[redacted]@h token=[redacted]"),
        ("pässwort password=CANARY €", "pässwort password=[redacted] €"), ("password:", "password:"), ("password=", "password="),
        ("Bearer", "Bearer"), ("a bearer ", "a bearer "),
    ])
    func `secrets in a text are replaced`(text: String, expected: String) {
        #expect(Redaction.redacting(text) == expected)
        #expect(Redaction.redacting(expected) == expected)
    }

    @Test(arguments: [
        "nothing here", "at 10:30:00Z", "a=b, c:d", "http://host:8090/path?x=1", "mail a@b.c", "redis://[::1]:6379/0",
        "http://h/p?mail=a@b",
        "year near bear", "://", "::", "x ://@", "ratio = 1:2",
    ])
    func `what is no secret stays`(text: String) {
        #expect(Redaction.redacting(text) == text)
    }

    @Test(arguments: [LineFormat.json, .pretty(coloured: true)])
    func `a canary appears nowhere`(format: LineFormat) {
        struct Failed: Error, CustomStringConvertible {
            let description = #"login failed: {"password":"canary-7f"} at redis://desk:canary-7f@h"#
        }
        let canary = "canary-7f"
        let metadata: Logger.Metadata = [
            "password": .string(canary), "nested": ["deep": [["Api-Key": .string(canary)], .string("token=\(canary)")]],
            "url": .string("redis://desk:\(canary)@cache:6379/0"), "secret": ["list": [.string(canary)]],
            "header": .stringConvertible("Authorization: Bearer \(canary)"), "x": .stringConvertible(Failed()),
        ]
        var context: [UInt8] = []
        MetadataJSON.write(["session_token": .string(canary), "service": .string("a password=\(canary)")], into: &context)
        let line = format.bytes(
            LogEntry(
                level: .error, message: "cannot log in with password=\(canary) at https://u:\(canary)@h/", context: context,
                error: LoggedError(Failed(), function: "f", file: "f", line: 1), metadata: metadata))
        let text = String(decoding: line, as: UTF8.self)
        #expect(!text.contains(canary))
        #expect(text.components(separatedBy: Redaction.mark).count > 10)
    }

    @Test func `a secret at the edge of a long text is not left over`() {
        for length in (LogText.limit - 60)..<(LogText.limit + 4) {
            let text = String(repeating: "x", count: length) + " redis://u:canary7f@host/ password=canary7f"
            let line = String(decoding: LineFormat.json.bytes(LogEntry(level: .info, message: text)), as: UTF8.self)
            #expect(!line.contains("canary"))
        }
    }
}

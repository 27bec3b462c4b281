import CacheServices
import Foundation
import Logging
import TestTurns
import Testing

@testable import LoggingServices

@Suite("Redaction", .takesTurns)
struct RedactionTests {
    @Test(arguments: [
        "password", "PASSWORD", "db_password", "passwd", "pwd", "passphrase", "token", "access-token", "Authorization",
        "proxy-authorization",
        "API-Key", "api_key", "apiKey", "x.api.key", "secret", "client_secret", "credentials", "Set-Cookie", "private_key", "accessKey",
        "jwt", "pass", "smtp_pass", "smtpPass", "auth", "x-auth", "redisAuth", "bearer", "signature", "X-Hub-Signature-256", "requirepass",
        "masterauth", "api%5Fkey", #"pass\u0077ord"#,
    ])
    func `a secret is known by its name`(name: String) {
        #expect(Redaction.isSecret(name))
    }

    @Test(arguments: [
        "", "a", "symbol", "signal_id", "key", "user_id", "session_id", "author", "cook", "paßword", "state",
        "compass", "bypass", "COMPASS", "pass_rate", "authors", "signature_count",
    ])
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
        ("Bearer", "Bearer"), ("a bearer ", "a bearer "), ("Cookie: [x]=CANARY; b=CANARY", "Cookie: [redacted]"),
        ("run --password CANARY --x 1", "run --password [redacted] --x 1"), ("--api-key 'CANARY x'", "--api-key '[redacted]'"),
        ("--password=CANARY", "--password=[redacted]"), (#"["--password","CANARY"]"#, #"["--password","[redacted]"]"#),
        ("AUTH default CANARY", "AUTH [redacted] [redacted]"), ("HELLO 3 AUTH u CANARY", "HELLO 3 AUTH [redacted] [redacted]"),
        (#""AUTH" "default" "CANARY""#, #""AUTH" "[redacted]" "[redacted]""#),
        (#"["AUTH","default","CANARY"]"#, #"["AUTH","[redacted]","[redacted]"]"#), (#"password("CANARY")"#, #"password("[redacted]")"#),
        (#"("X-API-Key", "CANARY")"#, #"("X-API-Key", "[redacted]")"#), ("<token>CANARY</token>", "<token>[redacted]</token>"),
        ("bearer: CANARY", "bearer: [redacted]"), ("auth=CANARY", "auth=[redacted]"), ("smtp_pass=CANARY", "smtp_pass=[redacted]"),
        ("X-Signature: CANARY", "X-Signature: [redacted]"),
    ])
    func `secrets in a text are replaced`(text: String, expected: String) {
        #expect(Redaction.redacting(text) == expected)
        #expect(Redaction.redacting(expected) == expected)
    }

    @Test(arguments: [
        ("redis://desk:it's-CANARY@h", "redis://[redacted]@h"), ("'redis://desk:it's-CANARY@h'", "'redis://[redacted]@h'"),
        ("redis://u:12/CANARY@h", "redis://[redacted]@h"), (#"redis:\/\/u:CANARY@h"#, #"redis:\/\/[redacted]@h"#),
        (#"{"url":"redis:\/\/u:CANARY@h:1\/0"}"#, #"{"url":"redis:\/\/[redacted]@h:1\/0"}"#),
        ("redis%3A%2F%2Fu%3ACANARY%40h", "redis%3A%2F%2F[redacted]%40h"),
        ("/x?url=redis%3A%2F%2Fu%3ACAN%2FARY%40h&mail=a@b", "/x?url=redis%3A%2F%2F[redacted]%40h&mail=a@b"),
        ("redis%253A%252F%252Fu%253ACANARY%2540h", "redis%253A%252F%252F[redacted]%2540h"),
        ("redis://u:CAN%40%2FARY@h", "redis://[redacted]@h"),
        ("http://h/?next=redis://u:CANARY@h", "http://h/?next=redis://[redacted]@h"),
    ])
    func `a password in a URL is replaced however it is written`(text: String, expected: String) {
        #expect(Redaction.redacting(text) == expected)
        #expect(Redaction.redacting(expected) == expected)
    }

    @Test(arguments: [
        ("password=[a]CANARY", "password=[redacted]"), (#"{"secret":["x]CANARY"]}"#, #"{"secret":[redacted]}"#),
        ("{'secret': ['x]CANARY']}", "{'secret': [redacted]}"), ("password=[redactedCANARY", "password=[redacted]"),
        ("password=[redacted]CANARY x", "password=[redacted] x"), ("password=a]CANARY, x", "password=[redacted], x"),
        ("password='a'CANARY x", "password=[redacted] x"), ("?api%5Fkey=CANARY&x=1", "?api%5Fkey=[redacted]&x=1"),
        (#"{"pass\u0077ord":"CANARY"}"#, #"{"pass\u0077ord":"[redacted]"}"#),
        (#"{"pass\u0077ord":"CAN\u0022ARY"}"#, #"{"pass\u0077ord":"[redacted]"}"#),
        ("password%3DCANARY", "password%3D[redacted]"), ("x=a%26password%3DCANARY%26b%3D1", "x=a%26password%3D[redacted]%26b%3D1"),
        ("password=CAN%26ARY&b=1", "password=[redacted]&b=1"),
        ("%7B%22password%22%3A%22CANARY%22%7D", "%7B%22password%22%3A%22[redacted]%22%7D"),
    ])
    func `nothing of a secret is left over, and encoded names are read`(text: String, expected: String) {
        #expect(Redaction.redacting(text) == expected)
        #expect(Redaction.redacting(expected) == expected)
    }

    /// Pieces of which one part of a scan is made again and again.
    @Test(arguments: [
        "://a:b", "'a://b:c", #"\"#, "%25", "password", "password=[", "://", "a:", "--", "[", #""a","#, "AUTH ", "<token>",
        "%3A%2F%2Fa%3Ab",
        "://a%3A%2F%2Fb", "(",
    ])
    func `the time for a text grows with its length`(piece: String) {
        func time(_ length: Int) -> Duration {
            let text = String(repeating: piece, count: length / piece.utf8.count)
            return (0..<3).map { _ in ContinuousClock().measure { _ = Redaction.redacting(text) } }.min() ?? .zero
        }
        // Ten times as much would be a hundred times the work, if every part were looked at for every other.
        let (short, long) = (time(4000), time(40_000))
        #expect(long < short * 30 + .milliseconds(20), "\(short) → \(long)")
    }

    @Test(arguments: [
        "nothing here", "at 10:30:00Z", "a=b, c:d", "http://host:8090/path?x=1", "mail a@b.c", "redis://[::1]:6379/0",
        "http://h/p?mail=a@b",
        "year near bear", "://", "::", "x ://@", "ratio = 1:2", "the password was wrong", "--password is required", "AUTH failed for desk",
        "the auth server, and its token", "100%", #"C:\users\new"#, "50%25 off", "author: me", "compass=north", "logIn(password:)",
        "a password (or token)", "ERR Client sent AUTH, but no password is set", "isn't, wasn't", "{'u':'redis://h:1','m':'a@b'}",
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

    @Test(arguments: [LineFormat.json, .pretty(coloured: false)])
    func `where a long text is cut, neither half of an address nor half of a character is left over`(format: LineFormat) {
        // Replaced secrets make room, so that the end of what was looked at comes into sight.
        let filler = "password=\(String(repeating: "x", count: 8000)) "
        for length in (2 * LogText.limit - filler.utf8.count - 60)..<(2 * LogText.limit - filler.utf8.count + 4) {
            for tail in ["redis://u:canary7f@host/", "redis://u:canary7f", "€€€€€€€€€€€€"] {
                let text =
                    filler + String(repeating: "y", count: 100) + " password=" + String(repeating: "z", count: length - 111) + " " + tail
                    + String(repeating: "w", count: 100)
                let line = String(decoding: format.bytes(LogEntry(level: .info, message: text)), as: UTF8.self)
                #expect(!line.contains("canary") && !line.contains("u:can"))
                #expect(!line.contains("\u{FFFD}"))
            }
        }
    }
}

import CacheServices
import Foundation
import Hiredis
import LoggingServices
import Testing

@testable import DashboardServer

@Suite("The configuration")
struct ConfigurationLoaderTests {
    @Test func `without anything it is the defaults`() throws {
        let outcome = try ConfigurationLoader().load()
        #expect(outcome.settings.port == 8090)
        #expect(outcome.settings.redis.description == "redis://127.0.0.1:6379/0")
        #expect(outcome.given.isEmpty)
        #expect(outcome.warnings.isEmpty)
    }

    @Test func `flags go over the environment, and that over the file`() throws {
        let scratch = try ScratchDirectory()
        let file = try scratch.file("c.yaml", "USDCOP_PORT: 1\nUSDCOP_HOST: 127.0.0.2\nLOG_LEVEL: debug\n")
        let loader = ConfigurationLoader(
            flags: ["USDCOP_PORT": "3"], environment: ["USDCOP_PORT": "2", "USDCOP_HOST": "127.0.0.3"], file: file)
        let outcome = try loader.load()
        #expect(outcome.settings.port == 3)
        #expect(outcome.settings.host == "127.0.0.3")
        #expect(outcome.settings.logging.level == .debug)
        #expect(outcome.given == ["USDCOP_PORT", "USDCOP_HOST", "LOG_LEVEL"])
    }

    @Test func `every variable can be set, in JSON too`() throws {
        let scratch = try ScratchDirectory()
        let keys = try scratch.file("keys", "reader:me:0123456789abcdef\n")
        let password = try scratch.file("pw", "se:cret@/\n")
        let file = try scratch.file(
            "c.json",
            """
            {"REDIS_URL": "redis://bob@h:7000/3", "REDIS_PASSWORD_FILE": "\(password)", "REDIS_COMMAND_TIMEOUT": "500ms",
            "REDIS_CONNECT_TIMEOUT": "2s", "CACHE_BACKEND": "redis", "USDCOP_NAMESPACE": "desk", "USDCOP_CACHE_TTL": "5m",
            "USDCOP_CACHE_MAX_ENTRIES": 50, "USDCOP_HOST": "0.0.0.0", "USDCOP_PORT": 0, "USDCOP_API_KEYS_FILE": "\(keys)",
            "USDCOP_MAX_CONNECTIONS": "7", "USDCOP_MAX_STREAMS": 5, "USDCOP_CORS_ORIGINS": "https://desk.example.com,http://localhost:3000",
            "USDCOP_RATE_LIMIT": "60/m burst 10", "USDCOP_HEADER_TIMEOUT": "2s", "USDCOP_STALL_TIMEOUT": "3s",
            "USDCOP_MAX_HEADER_SIZE": "8KiB", "USDCOP_MAX_BODY_SIZE": "1MiB", "USDCOP_MAX_EXPORTS": 2,
            "USDCOP_ALLOWED_HOSTS": "Desk.example.com, [::1]", "USDCOP_TRUSTED_PROXIES": "10.0.0.0/8,::1",
            "USDCOP_REQUEST_TIMEOUT": "1h", "USDCOP_IDLE_TIMEOUT": "1d", "LOG_LEVEL": "fatal",
            "LOG_FORMAT": "pretty", "LOG_FILE": "/var/log/usdcop.log", "LOG_MAX_SIZE": "1GiB", "LOG_KEEP": "7,30d"}
            """)
        let settings = try ConfigurationLoader(file: file).load().settings
        #expect(settings.redis.description == "redis://h:7000/3")
        #expect(settings.redis.user == "bob")
        #expect(settings.redis.password == "se:cret@/")
        #expect(settings.redis.commandTimeout == .milliseconds(500))
        #expect(settings.redis.connectTimeout == .seconds(2))
        #expect(settings.backend == .redis)
        #expect(settings.namespace.rawValue == "desk")
        #expect(settings.cacheLifetime == .seconds(300))
        #expect(settings.cacheMaximumEntries == 50)
        #expect(settings.host == "0.0.0.0")
        #expect(settings.port == 0)
        #expect(!settings.keys.isEmpty)
        #expect(settings.maximumConnections == 7)
        #expect(settings.maximumStreams == 5)
        #expect(settings.corsOrigins.map(\.text).sorted() == ["http://localhost:3000", "https://desk.example.com"])
        #expect(settings.limits.rate == RateLimit("60/m burst 10"))
        #expect(settings.limits.headerTimeout == .seconds(2))
        #expect(settings.limits.stallTimeout == .seconds(3))
        #expect(settings.limits.maximumHeaderSize == 8192)
        #expect(settings.limits.maximumBodySize == 1 << 20)
        #expect(settings.limits.maximumExports == 2)
        #expect(settings.allowedHosts == ["desk.example.com", "[::1]"])
        #expect(settings.trustedProxies == ["10.0.0.0/8", "::1"].compactMap { AddressRange($0) })
        #expect(settings.requestTimeout == .seconds(3600))
        #expect(settings.idleTimeout == .seconds(86_400))
        #expect(settings.logging.level == .fatal)
        #expect(settings.logging.format == .pretty)
        #expect(settings.logging.file == "/var/log/usdcop.log")
        #expect(settings.logging.rules == LogFileRules(maximumSize: 1 << 30, keptFiles: 7, keptTime: .seconds(30 * 86_400)))
    }

    @Test(arguments: [
        ("REDIS_URL", "http://x"), ("REDIS_URL", "redis://user@h"), ("REDIS_CA_FILE", "/nonexistent"),
        ("REDIS_PASSWORD_FILE", "/nonexistent"),
        ("REDIS_PASSWORD_FILE", "/"), ("REDIS_COMMAND_TIMEOUT", "1"), ("REDIS_COMMAND_TIMEOUT", "1ms"), ("REDIS_CONNECT_TIMEOUT", "-1s"),
        ("CACHE_BACKEND", "Redis"), ("USDCOP_NAMESPACE", "UPPER"), ("USDCOP_NAMESPACE", "a:b"), ("USDCOP_CACHE_TTL", "0s"),
        ("USDCOP_CACHE_MAX_ENTRIES", "0"), ("USDCOP_CACHE_MAX_ENTRIES", "99999999999999999999"), ("USDCOP_HOST", "a b"),
        ("USDCOP_HOST", "0.0.0.0"), ("USDCOP_PORT", "65536"), ("USDCOP_PORT", "-1"), ("USDCOP_PORT", "８０"), ("USDCOP_API_KEYS", "nonsense"),
        ("USDCOP_API_KEYS", "# nobody"), ("USDCOP_API_KEYS_FILE", "/nonexistent"), ("USDCOP_MAX_CONNECTIONS", "1e3"),
        ("USDCOP_RATE_LIMIT", "fast"), ("USDCOP_RATE_LIMIT", "0/s"), ("USDCOP_HEADER_TIMEOUT", "0s"), ("USDCOP_STALL_TIMEOUT", "never"),
        ("USDCOP_MAX_HEADER_SIZE", "10"), ("USDCOP_MAX_BODY_SIZE", "1GB"), ("USDCOP_MAX_EXPORTS", "0"), ("USDCOP_ALLOWED_HOSTS", "a:80"),
        ("USDCOP_ALLOWED_HOSTS", "https://a"), ("USDCOP_ALLOWED_HOSTS", "a,,b"), ("USDCOP_TRUSTED_PROXIES", "10.0.0.1/8"),
        ("USDCOP_TRUSTED_PROXIES", "proxy.example"), ("USDCOP_TLS_CERT_FILE", "/nonexistent"), ("USDCOP_TLS_KEY_FILE", "/nonexistent"),
        ("USDCOP_MAX_STREAMS", "0"), ("USDCOP_CORS_ORIGINS", "*"), ("USDCOP_CORS_ORIGINS", "https://a.com/"),
        ("USDCOP_REQUEST_TIMEOUT", "soon"), ("USDCOP_IDLE_TIMEOUT", "60"), ("LOG_LEVEL", "loud"), ("LOG_LEVEL", "debug\u{0}"),
        ("LOG_FORMAT", "JSON"), ("LOG_FILE", "/var/log/"), ("LOG_FILE", String(repeating: "x", count: 1025)), ("LOG_MAX_SIZE", "100"),
        ("LOG_MAX_SIZE", "63KB"), ("LOG_MAX_SIZE", "2TB"), ("LOG_MAX_SIZE", "1 GB"), ("LOG_KEEP", "-1"), ("LOG_KEEP", "10001"),
        ("LOG_KEEP", "1s"), ("LOG_KEEP", "30d,14"), ("LOG_KEEP", "14,"), ("LOG_KEEP", ",14"), ("LOG_KEEP", "14,30d,1d"),
        ("LOG_KEEP", "14,14"),
        ("USDCOP_STATE_DIR", "/dev/null"),
        ("USDCOP_AUDIT_KEY_FILE", "/nonexistent"), ("USDCOP_AUDIT_KEY_FILE", "/dev/null"), ("USDCOP_AUDIT_MAX_EVENTS", "0"),
        ("USDCOP_AUDIT_MAX_EVENTS", "10k"), ("USDCOP_AUDIT_RETENTION", "1"), ("USDCOP_AUDIT_RETENTION", "40000d"),
        ("USDCOP_AUDIT_CHECKPOINT_EVENTS", "0"),
    ])
    func `a bad value names its variable`(name: String, value: String) throws {
        let error = #expect(throws: ConfigurationError.self) { try ConfigurationLoader(environment: [name: value]).load() }
        #expect(error?.problems.map(\.variable) == [name])
    }

    @Test(arguments: [("[::1]", "::1"), ("LOCALHOST", "localhost"), ("127.0.0.2", "127.0.0.2"), ("::ffff:127.0.0.1", "::ffff:127.0.0.1")])
    func `an address of this machine needs no keys, however it is written`(text: String, host: String) throws {
        #expect(try ConfigurationLoader(environment: ["USDCOP_HOST": text]).load().settings.host == host)
    }

    @Test func `a file with secrets that others can read gets a warning, one without does not`() throws {
        let scratch = try ScratchDirectory()
        for (name, text, isWarned) in [
            ("a.yaml", "USDCOP_PORT: 0\n", false), ("b.yaml", "USDCOP_API_KEYS: reader:a:reader-key-0123456789\n", true),
            ("c.json", #"{"REDIS_URL": "redis://u:secret@h/0"}"#, true),
        ] {
            let file = try scratch.file(name, text)
            for (mode, isOpen) in [(0o644, true), (0o640, false)] {
                try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
                let warnings = try ConfigurationLoader(file: file).load().warnings
                #expect(warnings == (isOpen && isWarned ? [.openFile(variable: "--config")] : []))
            }
        }
    }

    @Test func `a key stands for one holder`() throws {
        let lines = "reader:a:one-key-0123456789\nadministrator:b:one-key-0123456789"
        let error = try #require(throws: ConfigurationError.self) {
            try ConfigurationLoader(environment: ["USDCOP_API_KEYS": lines]).load()
        }
        #expect(error.description.contains("line 2 has the key of line 1"))
        #expect(!error.description.contains("one-key"))
    }

    @Test(arguments: [
        ("14", 14, Duration?.none), ("0", 0, nil), ("30d", 10_000, .seconds(30 * 86_400)), ("14,1h", 14, .seconds(3600)),
    ])
    func `log files stay by number, by age, or by both`(text: String, files: Int, age: Duration?) throws {
        let rules = try ConfigurationLoader(environment: ["LOG_KEEP": text]).load().settings.logging.rules
        #expect(rules.keptFiles == files)
        #expect(rules.keptTime == age)
    }

    @Test func `all problems are told at once, and no secret with them`() throws {
        let environment = [
            "REDIS_URL": "redis://u:hunter2@h:99999", "USDCOP_PORT": "x", "LOG_LEVEL": "y", "USDCOP_API_KEYS": "reader:me:hunter3",
        ]
        let error = try #require(throws: ConfigurationError.self) { try ConfigurationLoader(environment: environment).load() }
        #expect(Set(error.problems.map(\.variable)) == ["REDIS_URL", "USDCOP_PORT", "LOG_LEVEL", "USDCOP_API_KEYS"])
        #expect(!error.description.contains("hunter"))
    }

    @Test func `variables of no concern are not looked at`() throws {
        let environment = ["USDCOP_API_KEYS_FILE": "/nonexistent", "USDCOP_PORT": "x"]
        #expect(throws: Never.self) { try ConfigurationLoader(ConfigurationTable.connection, environment: environment).load() }
    }

    @Test func `an empty variable counts as not set, an empty flag is a mistake`() throws {
        #expect(try ConfigurationLoader(environment: ["USDCOP_PORT": ""]).load().settings.port == 8090)
        #expect(throws: ConfigurationError.self) { try ConfigurationLoader(flags: ["USDCOP_PORT": ""]).load() }
    }

    @Test(arguments: [("pw", "s3cret"), ("pw\n", "s3cret\n"), ("pw\r\n", "s3cret\r\n")])
    func `a line break at the end of a password file does not count`(name: String, contents: String) throws {
        let scratch = try ScratchDirectory()
        let file = try scratch.file("pw", contents)
        let outcome = try ConfigurationLoader(environment: ["REDIS_PASSWORD_FILE": file]).load()
        #expect(outcome.settings.redis.password == "s3cret")
        #expect(outcome.warnings.isEmpty)
    }

    @Test(arguments: ["", "\n", "a\nb\n", String(repeating: "x", count: 5000)])
    func `a password file has one line`(contents: String) throws {
        let scratch = try ScratchDirectory()
        let file = try scratch.file("pw", contents)
        let error = #expect(throws: ConfigurationError.self) { try ConfigurationLoader(environment: ["REDIS_PASSWORD_FILE": file]).load() }
        #expect(error?.problems.map(\.variable) == ["REDIS_PASSWORD_FILE"])
    }

    @Test func `a password in the address and one in a file are one too many`() throws {
        let scratch = try ScratchDirectory()
        let file = try scratch.file("pw", "one")
        let error = #expect(throws: ConfigurationError.self) {
            try ConfigurationLoader(environment: ["REDIS_PASSWORD_FILE": file, "REDIS_URL": "redis://:two@h"]).load()
        }
        #expect(error?.problems.map(\.variable) == ["REDIS_URL"])
    }

    @Test func `files with secrets that others can read are warned of`() throws {
        let scratch = try ScratchDirectory()
        let file = try scratch.file("pw", "s3cret", mode: 0o644)
        #expect(
            try ConfigurationLoader(environment: ["REDIS_PASSWORD_FILE": file]).load().warnings == [
                .openFile(variable: "REDIS_PASSWORD_FILE")
            ])
    }

    @Test func `keys come from one place`() throws {
        let scratch = try ScratchDirectory()
        let file = try scratch.file("keys", "reader:me:0123456789abcdef")
        let error = #expect(throws: ConfigurationError.self) {
            try ConfigurationLoader(environment: ["USDCOP_API_KEYS_FILE": file, "USDCOP_API_KEYS": "reader:me:0123456789abcdef"]).load()
        }
        #expect(error?.problems.map(\.variable) == ["USDCOP_API_KEYS"])
    }

    @Test(arguments: [
        ("c.json", "{"), ("c.json", "[]"), ("c.json", #"{"USDCOP_PORT":1,"USDCOP_PORT":2}"#), ("c.json", #"{"USDCOP_PROT":1}"#),
        ("c.json", #"{"usdcop":{"port":1}}"#), ("c.yaml", "a: [b"), ("c.yaml", "- a"), ("c.yaml", ""), ("c.yml", "USDCOP_PROT: 1"),
        ("c.toml", ""),
    ])
    func `a bad file is named`(name: String, contents: String) throws {
        let scratch = try ScratchDirectory()
        let file = try scratch.file(name, contents)
        let error = #expect(throws: ConfigurationError.self) { try ConfigurationLoader(file: file).load() }
        #expect(error?.problems.map(\.variable) == ["--config"])
    }

    @Test func `a value of another kind in a file names its variable`() throws {
        let scratch = try ScratchDirectory()
        let file = try scratch.file("c.json", #"{"USDCOP_PORT": [1], "LOG_LEVEL": 1.5}"#)
        let error = try #require(throws: ConfigurationError.self) { try ConfigurationLoader(file: file).load() }
        #expect(Set(error.problems.map(\.variable)) == ["USDCOP_PORT", "LOG_LEVEL"])
    }

    @Test func `an unknown variable is warned of with the nearest name`() throws {
        let outcome = try ConfigurationLoader(environment: ["USDCOP_PROT": "1", "USDCOP_ZZZZZZZZZZZZZZZ": "1", "OTHER": "1"]).load()
        #expect(
            outcome.warnings == [
                .unknownVariable("USDCOP_PROT", nearest: "USDCOP_PORT"), .unknownVariable("USDCOP_ZZZZZZZZZZZZZZZ", nearest: nil),
            ])
    }

    @Test func `beside an error the warnings are told, too: a misspelt name may be the reason`() throws {
        let environment = [
            "USDCOP_ALERT_EMAIL": "a@example.org", "SMTP_URL": "smtp://mail.example:25", "USDCOP_ALERT_FORM": "b@example.org",
        ]
        let error = try #require(throws: ConfigurationError.self) { try ConfigurationLoader(environment: environment).load() }
        #expect(error.warnings == [.unknownVariable("USDCOP_ALERT_FORM", nearest: "USDCOP_ALERT_FROM")])
        #expect(error.description.split(separator: "\n").last?.hasSuffix("did you mean USDCOP_ALERT_FROM?") == true)
    }
}

import Hiredis
import RedisTesting
import TestTurns
import Testing

@testable import DashboardServer

/// Whatever stands where the API takes a name, it is a name: no pattern, no part of another key, no text of a script.
///
/// The service runs as its user of the ACL file, so that whatever reached for a key of another namespace fails the test at its end, too.
@Suite(.takesTurns, .timeLimit(.minutes(2)))
struct HostileNameTests {
    static let names = [
        "*", "?", "[A-Z]*", "[^x]", "USD*", "\\*", "USDCOP\u{0}X", "USDCOP\r\nDEL usdcop:signal:latest", "\n", "{other}:key", "{usdcop}",
        "..",
        "../../other:key", "../signal/latest", "usdcop:audit:events", "audit:events", ":", "ＵＳＤＣＯＰ", "usdcöp", "USDCOP\u{202e}", "😀",
        "') redis.call('FLUSHALL') --", "\"]] return redis.call('KEYS', '*') --[[\"", "$6\r\nFLUSHALL", "%2A", "%00", "%s%n", "true", "nil",
        "-1", "1e999", String(repeating: "U", count: 10_240), String(repeating: "*", count: 10_240),
    ]

    /// Every place of a path, a query or a header that takes a name.
    private static let targets: [(method: String, target: @Sendable (String) -> String)] = [
        ("GET", { "/api/cache/signals?type=history&symbol=\($0)" }), ("GET", { "/api/cache/signals?type=stats&symbol=\($0)" }),
        ("GET", { "/api/cache/signals?type=\($0)" }), ("DELETE", { "/api/cache/signals?symbol=\($0)" }),
        ("GET", { "/api/cache/signals?type=range&symbol=\($0)&start=2025-01-01T00:00:00Z&end=2025-02-01T00:00:00Z" }),
        ("GET", { "/api/cache/positions/\($0)" }), ("DELETE", { "/api/cache/positions/\($0)" }),
        ("GET", { "/api/cache/metrics/custom/\($0)" }), ("DELETE", { "/api/cache/metrics/custom/\($0)" }),
        ("GET", { "/api/audit/signals?symbol=\($0)" }), ("GET", { "/api/audit/signals?userId=\($0)" }),
        ("GET", { "/api/audit/signals?cursor=\($0)" }), ("GET", { "/api/audit/signals?eventType=\($0)" }),
        ("DELETE", { "/api/health/services/\($0)" }), ("GET", { "/api/health/latency?service=\($0)&operation=\($0)" }),
        ("DELETE", { "/api/health/latency?service=\($0)" }), ("GET", { "/api/performance?type=metrics&operation=\($0)" }),
        ("GET", { "/api/stream?topics=\($0)" }), ("GET", { "/\($0)" }), ("GET", { "/api/cache/signals?\($0)=1" }),
    ]

    /// Every body with a name in it.
    private static let bodies: [(method: String, target: @Sendable (String) -> String, body: @Sendable (String) -> String)] = [
        ("POST", { _ in "/api/cache/signals" }, { #"{"signal":\#(Samples.signal(symbol: $0))}"# }),
        ("POST", { _ in "/api/cache/signals" }, { #"{"signal":\#(Samples.signal(symbol: "USDCOP", id: $0))}"# }),
        ("PUT", { "/api/cache/positions/\($0)" }, { Samples.position(symbol: $0) }),
        ("PUT", { _ in "/api/cache/positions/USDCOP" }, { Samples.position(symbol: $0) }),
        ("PUT", { "/api/cache/metrics/custom/\($0)" }, { _ in #"{"value":1}"# }),
        ("POST", { _ in "/api/audit/signals" }, { #"{"event_type":"SYSTEM_EVENT","data":{"event":"\#($0)"},"user_id":"\#($0)"}"# }),
        ("POST", { _ in "/api/audit/signals" }, { #"{"event_type":"\#($0)","data":{"event":"x"}}"# }),
        ("POST", { _ in "/api/health/services" }, { #"{"service":"\#($0)"}"# }),
        ("PUT", { "/api/health/services/\($0)" }, { _ in #"{"url":"http://127.0.0.1:1/"}"# }),
        ("POST", { _ in "/api/health/latency" }, { #"{"service":"\#($0)","operation":"\#($0)","latency_ms":1}"# }),
    ]

    @Test func `no name reaches beyond its own key, and none is a pattern`() async throws {
        let keys = try KeyRing(lines: AccessTests.keys)
        try await RunningService.with {
            $0.keys = keys
        } _: { (service) async throws in
            let key = [("Authorization", "Bearer administrator-key-0123456789")]
            let guarded = try await Self.guarded(service, key)
            let before = try await Self.contents(of: guarded, service.redis)
            let calls = try await service.redis.commandCalls()
            for name in Self.names {
                let (encoded, escaped) = (Self.encode(name), Self.escape(name))
                for (method, target) in Self.targets {
                    let reply = try await service.request(method, target(encoded), headers: key)
                    #expect(reply.status < 500, "\(method) \(target(encoded).prefix(80)) \(reply.status)")
                }
                for (method, target, body) in Self.bodies {
                    let reply = try await service.send(method, target(encoded), body(escaped), headers: key)
                    #expect(reply.status < 500, "\(method) \(target(encoded).prefix(80)) \(reply.status)")
                }
                // What is no header at all is the parser's to refuse; the rest goes in as it is.
                let header = String(name.unicodeScalars.filter { $0.value >= 0x20 })
                for field in ["Idempotency-Key", "Last-Event-ID", "X-Request-ID", "If-None-Match"] {
                    let reply = try await service.send(
                        "POST", "/api/audit/signals", #"{"event_type":"SYSTEM_EVENT","data":{"event":"x"}}"#,
                        headers: key + [(field, header)])
                    #expect(reply.status < 500, "\(field): \(header.prefix(80)) \(reply.status)")
                }
            }
            #expect(try await Self.contents(of: guarded, service.redis) == before)
            let after = try await service.redis.commandCalls()
            for command in ["keys", "flushall", "flushdb", "config|set"] { #expect(after[command] == calls[command], "\(command)") }
            try await Self.expectKeysOfTheSchema(service.redis)
        }
    }

    /// Keys of other namespaces, and of ours what every pattern above would hit.
    private static func guarded(_ service: RunningService, _ key: [(String, String)]) async throws -> [RedisArgument] {
        for other in ["other:key", "usdcopx:signal:latest", "{other}:key", "signal:latest", "usdcop", "*"] {
            try await service.redis.ask("SET", .text(other), "untouched")
        }
        for symbol in ["GUARDED", "GUARDED2"] {
            let signal = try await service.send(
                "POST", "/api/cache/signals", #"{"signal":\#(Samples.signal(symbol: symbol))}"#, headers: key)
            #expect(signal.status == 201)
            let position = try await service.send(
                "PUT", "/api/cache/positions/\(symbol)", Samples.position(symbol: symbol), headers: key)
            #expect(position.status == 200)
        }
        for metric in ["guarded", "guarded-2"] {
            #expect(try await service.send("PUT", "/api/cache/metrics/custom/\(metric)", #"{"value":1}"#, headers: key).status == 200)
        }
        return [
            "other:key", "usdcopx:signal:latest", "{other}:key", "signal:latest", "usdcop", "*", "usdcop:signal:history:GUARDED",
            "usdcop:signal:history:GUARDED2", "usdcop:position:active:GUARDED", "usdcop:position:active:GUARDED2",
            "usdcop:metrics:custom:guarded", "usdcop:metrics:custom:guarded-2",
        ]
    }

    private static func contents(of keys: [RedisArgument], _ redis: PrivateRedis) async throws -> [RedisReply] {
        var contents: [RedisReply] = []
        for key in keys { contents.append(try await redis.ask("DUMP", key)) }
        return contents
    }

    /// Every key is one of the guarded, or of ours and of the characters that names may have.
    private static func expectKeysOfTheSchema(_ redis: PrivateRedis) async throws {
        for key in try await redis.ask("KEYS", "*").array?.compactMap(\.text) ?? [] where key.hasPrefix("usdcop:") {
            #expect(key.wholeMatch(of: /[A-Za-z0-9._:\/ -]{1,100}/) != nil, "\(key)")
        }
    }

    private static func encode(_ text: String) -> String {
        let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~".utf8)
        return text.utf8.map { byte in
            if plain.contains(byte) { return String(UnicodeScalar(byte)) }
            let digits = String(byte, radix: 16, uppercase: true)
            return "%" + (digits.count == 1 ? "0" : "") + digits
        }.joined()
    }

    private static func escape(_ text: String) -> String {
        text.unicodeScalars.map { scalar in
            switch scalar {
            case "\"", "\\": "\\\(scalar)"
            case _ where scalar.value < 0x20: "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: String(scalar)
            }
        }.joined()
    }

    /// Bodies that are right but for the name.
    private enum Samples {
        static func signal(symbol: String, id: String = "sig") -> String {
            #"{"signal_id":"\#(id)","timestamp":"2025-01-15T10:30:00.000Z","symbol":"\#(symbol)","action":"BUY","confidence":0.5,"#
                + #""price":4250,"features":{"rsi":45},"model_version":"v1","execution_latency_ms":1}"#
        }

        static func position(symbol: String) -> String {
            #"{"position":{"position_id":"p","symbol":"\#(symbol)","entry_price":1,"current_price":1,"quantity":1,"pnl":0,"pnl_percent":0,"#
                + #""entry_time":"2025-01-15T10:30:00.000Z","status":"OPEN"}}"#
        }
    }
}

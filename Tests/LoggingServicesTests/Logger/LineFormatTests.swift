import CacheServices
import Logging
import Testing

@testable import Hiredis
@testable import LoggingServices

@Suite("The formats of a log line")
struct LineFormatTests {
    private struct Refused: Error, CustomStringConvertible {
        let description = "Redis refuses"
    }

    private static let time = Timestamp(milliseconds: 1_736_937_000_000)

    private static func entry(
        _ level: LogLevel = .info, _ message: String = "Message text", context: Logger.Metadata = ["service": "name"],
        error: (any Error)? = nil, metadata: Logger.Metadata = [:]
    ) -> LogEntry {
        var bytes: [UInt8] = []
        MetadataJSON.write(context, into: &bytes)
        return LogEntry(
            timestamp: time, level: level, message: message, context: context.isEmpty ? [] : bytes,
            error: error.map { LoggedError($0, function: "trade()", file: "Desk/Trade.swift", line: 7) }, metadata: metadata)
    }

    private func line(_ format: LineFormat, _ entry: LogEntry) -> String { String(decoding: format.bytes(entry), as: UTF8.self) }

    @Test(arguments: [
        (LogLevel.debug, "🔍", "DEBUG", "36"), (.info, "📝", "INFO", "32"), (.warn, "⚠️", "WARN", "33"), (.error, "❌", "ERROR", "31"),
        (.fatal, "💀", "FATAL", "35"),
    ])
    func `the pretty line is the seed's`(level: LogLevel, emoji: String, capitals: String, colour: String) {
        let entry = Self.entry(level)
        #expect(
            line(.pretty(coloured: false), entry)
                == "\(emoji) 2025-01-15T10:30:00.000Z [\(capitals)] Message text [{\"service\":\"name\"}]\n")
        #expect(
            line(.pretty(coloured: true), entry)
                == "\(emoji) 2025-01-15T10:30:00.000Z \u{1B}[\(colour)m[\(capitals)]\u{1B}[0m Message text [{\"service\":\"name\"}]\n")
    }

    @Test func `metadata and errors are indented below`() {
        let entry = Self.entry(.error, context: [:], error: Refused(), metadata: ["b": .stringConvertible(2), "a": ["x", "y"]])
        #expect(
            line(.pretty(coloured: false), entry) == """
                ❌ 2025-01-15T10:30:00.000Z [ERROR] Message text
                  Error: Refused: Redis refuses
                    at trade() (Desk/Trade.swift:7)
                  Metadata: {"a":["x","y"],"b":2}

                """)
    }

    @Test func `JSON is one LogEntry a line`() {
        #expect(
            line(.json, Self.entry(metadata: ["signal_id": "sig_123"]))
                == #"{"timestamp":"2025-01-15T10:30:00.000Z","level":"info","message":"Message text","context":{"service":"name"},"metadata":{"signal_id":"sig_123"}}"#
                + "\n")
        #expect(
            line(.json, Self.entry(.fatal, context: [:], error: Refused()))
                == #"{"timestamp":"2025-01-15T10:30:00.000Z","level":"fatal","message":"Message text","context":{},"error":{"name":"Refused","message":"Redis refuses","stack":"at trade() (Desk/Trade.swift:7)"}}"#
                + "\n")
    }

    @Test func `an error tells the chain of its causes`() throws {
        struct Outer: CausedError {
            let cause: (any Error)?
        }
        let entry = Self.entry(error: Outer(cause: CacheError(.refused, "Redis refuses the step.")))
        let stack = try #require(try json(line(.json, entry))["error"]?["stack"]?.text)
        #expect(stack == "at trade() (Desk/Trade.swift:7)\ncaused by CacheError: Redis refuses the step.")
    }

    @Test func `an error of the trail tells what Redis answered, and nothing that Redis was told`() throws {
        let answer = RedisServerError("MISCONF Redis is configured to save RDB snapshots")
        let error = AuditError(.unavailable, "The trail cannot be read.", underlying: CacheError(RedisError(answer), key: "audit:events"))
        let stack = try #require(try json(line(.json, Self.entry(error: error)))["error"]?["stack"]?.text)
        #expect(
            stack.split(separator: "\n").dropFirst().map { $0.prefix { $0 != ":" } } == [
                "caused by CacheError", "caused by RedisError", "caused by RedisServerError",
            ])
        #expect(stack.hasSuffix(answer.text))
        let echo = RedisServerError("ERR unknown command 'XSOME', with args beginning with: 'canary' 'canary' ")
        let other = line(.json, Self.entry(error: CacheError(RedisError(echo)), metadata: ["reason": "\(echo)"]))
        #expect(other.contains("unknown command 'XSOME'") && !other.contains("canary"))
    }

    @Test func `an error of the engine tells what the network said`() throws {
        let error = RedisError(.unreachable, .notSent, "No connection could be made.", underlying: Refused())
        let stack = try #require(try json(line(.json, Self.entry(error: error)))["error"]?["stack"]?.text)
        #expect(stack.hasSuffix("caused by Refused: Redis refuses"))
    }

    @Test func `values keep their kinds`() throws {
        let metadata: Logger.Metadata = [
            "int": .stringConvertible(-5), "double": .stringConvertible(1.5), "nan": .stringConvertible(Double.nan),
            "float": .stringConvertible(Float(0.25)), "inf": .stringConvertible(Float.infinity),
            "yes": .stringConvertible(true), "big": .stringConvertible(UInt64.max), "text": "5",
            "other": .stringConvertible(Duration.seconds(1)),
            "list": [.stringConvertible(1), ["k": "v"]], "empty": [:],
        ]
        #expect(
            line(.json, Self.entry(context: [:], metadata: metadata)).contains(
                #""metadata":{"big":18446744073709551615,"double":1.5,"empty":{},"float":0.25,"inf":"inf","int":-5,"list":[1,{"k":"v"}],"nan":"nan","other":"1.0 seconds","text":"5","yes":true}"#
            ))
    }

    @Test(arguments: [LineFormat.json, .pretty(coloured: true)])
    func `a record has bounds, and is still whole`(format: LineFormat) throws {
        var nested = Logger.MetadataValue.string("deep")
        for _ in 0..<1000 { nested = .array([nested]) }
        let metadata = Dictionary(
            uniqueKeysWithValues: (0..<1000).map { ("key\($0)", Logger.MetadataValue.string(String(repeating: "\u{1}", count: 10_000))) })
        let bytes = format.bytes(
            Self.entry(
                .error, String(repeating: "é\"", count: 1_000_000), error: Refused(),
                metadata: metadata.merging(["a": nested, "b": .array(Array(repeating: "x", count: 100_000))]) { $1 }))
        #expect(bytes.count < 256 * 1024)
        let text = String(validating: bytes, as: UTF8.self)
        #expect(text?.contains("bytes cut)") == true)
        #expect(text?.contains("truncated") == true)
        #expect(bytes.withUnsafeBytes { LogRecords.count(in: $0) } == 1)
        if format == .json { _ = try json(text ?? "") }
    }
}

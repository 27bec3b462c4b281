import CacheServices
import Logging
import Testing

@testable import LoggingServices

@Suite("The handler of swift-log")
struct StructuredLogHandlerTests {
    /// What a logger writes, as JSON.
    private static func entries(provider: Logger.MetadataProvider? = nil, _ body: (inout Logger) -> Void) async throws -> [JSONValue] {
        let directory = try LogDirectory()
        let output = LogOutput([.file(directory.path())])
        var logger = output.logger("desk", provider: provider)
        body(&logger)
        output.start()
        #expect(await output.stop(within: .seconds(10)))
        return try directory.lines().map { try json($0) }
    }

    @Test func `what is set on a logger is context, what is given with a call is metadata`() async throws {
        let entry = try #require(
            try await Self.entries { logger in
                logger[metadataKey: "request_id"] = "r1"
                logger.info("hello", metadata: ["signal_id": "s1"])
            }.first)
        #expect(entry["context"] == ["request_id": "r1", "service": "desk"])
        #expect(entry["metadata"] == ["signal_id": "s1"])
    }

    @Test func `the label is the service, unless the logger has one of its own`() async throws {
        let entries = try await Self.entries { logger in
            logger.info("a")
            logger[metadataKey: "service"] = "TradingEngine"
            logger.info("b")
            logger[metadataKey: "service"] = nil
            logger.info("c")
        }
        #expect(entries.map { $0["context"]?["service"]?.text } == ["desk", "TradingEngine", "desk"])
    }

    @Test func `swift-log's seven levels fall onto five`() async throws {
        let entries = try await Self.entries { logger in
            for level in Logger.Level.allCases { logger.log(level: level, "x") }
            logger.logLevel = .error
            logger.warning("not logged")
        }
        #expect(entries.map { $0["level"]?.text } == ["debug", "debug", "info", "info", "warn", "error", "fatal"])
    }

    @Test func `a metadata provider adds to the context of the moment`() async throws {
        let provider = Logger.MetadataProvider { Self.request.map { ["request_id": .string($0)] } ?? [:] }
        let entries = try await Self.entries(provider: provider) { logger in
            logger[metadataKey: "symbol"] = "USDCOP"
            logger.info("outside")
            Self.$request.withValue("r7") { logger.info("inside") }
        }
        #expect(entries[0]["context"] == ["service": "desk", "symbol": "USDCOP"])
        #expect(entries[1]["context"] == ["request_id": "r7", "service": "desk", "symbol": "USDCOP"])
    }

    @TaskLocal private static var request: String?

    @Test func `an error is told with type, message and place`() async throws {
        let entry = try #require(
            try await Self.entries { logger in
                logger.error("failed", error: CacheError(.refused, "No room.", key: "k"))
            }.first)
        #expect(entry["error"]?["name"] == "CacheError")
        #expect(entry["error"]?["message"] == "No room. Key: k.")
        #expect(entry["error"]?["stack"]?.text?.contains("StructuredLogHandlerTests.swift:") == true)
    }

    @Test func `copies of a logger do not share their context`() async throws {
        let entries = try await Self.entries { logger in
            var copy = logger
            copy[metadataKey: "a"] = "1"
            logger[metadataKey: "b"] = "2"
            copy.info("copy")
            logger.info("original")
        }
        #expect(entries.map { $0["context"] } == [["a": "1", "service": "desk"], ["b": "2", "service": "desk"]])
    }
}

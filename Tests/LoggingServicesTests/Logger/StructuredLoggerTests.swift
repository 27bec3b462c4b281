import CacheServices
import Logging
import RedisTesting
import Testing

@testable import LoggingServices

@Suite("The structured logger")
struct StructuredLoggerTests {
    private struct Refused: Error, CustomStringConvertible {
        let description = "Redis refuses"
    }

    /// Runs against a file and gives what was written.
    private static func entries(_ body: (inout StructuredLogger) async throws -> Void) async throws -> [JSONValue] {
        let directory = try LogDirectory()
        let output = LogOutput([.file(directory.path())])
        var logger = StructuredLogger(output.logger("desk"))
        try await body(&logger)
        output.start()
        #expect(await output.stop(within: .seconds(10)))
        return try directory.lines().map { try json($0) }
    }

    @Test func `it says what the seed's calls say`() async throws {
        let entries = try await Self.entries { logger in
            logger.debug("a")
            logger.info("Processing signal", ["signal_id": "sig_123"])
            logger.warn("c", metadata: ["n": .stringConvertible(1)])
            logger.error("Trade failed", Refused(), ["symbol": "USDCOP"])
            logger.error("without")
            logger.fatal("d", Refused())
            logger.log(.info, "e", ["x": "y"], metadata: ["z": "w"])
        }
        #expect(entries.map { $0["level"]?.text } == ["debug", "info", "warn", "error", "error", "fatal", "info"])
        #expect(entries[1]["context"] == ["service": "desk", "signal_id": "sig_123"])
        #expect(entries[2]["metadata"] == ["n": 1])
        #expect(entries[3]["context"]?["symbol"] == "USDCOP")
        #expect(entries[3]["error"]?["name"] == "Refused")
        #expect(entries[3]["error"]?["message"] == "Redis refuses")
        #expect(entries[4]["error"] == nil)
        #expect(entries[6]["context"]?["x"] == "y")
        #expect(entries[6]["metadata"] == ["z": "w"])
    }

    @Test func `children inherit and extend, and leave their parent alone`() async throws {
        let entries = try await Self.entries { logger in
            logger.setContext(["service": "TradingEngine", "session_id": "s"])
            let child = logger.child(["symbol": "USDCOP"])
            var grandchild = child.child(["session_id": "t"])
            grandchild.setContext(["user_id": "u"])
            grandchild.info("grandchild")
            child.info("child", ["symbol": "once"])
            child.info("child")
            logger.info("parent")
            #expect(grandchild.getContext() == ["service": "TradingEngine", "session_id": "t", "symbol": "USDCOP", "user_id": "u"])
            #expect(grandchild.getContext().userID == "u")
        }
        #expect(
            entries.map { $0["context"] } == [
                ["service": "TradingEngine", "session_id": "t", "symbol": "USDCOP", "user_id": "u"],
                ["service": "TradingEngine", "session_id": "s", "symbol": "once"],
                ["service": "TradingEngine", "session_id": "s", "symbol": "USDCOP"], ["service": "TradingEngine", "session_id": "s"],
            ])
    }

    @Test func `the context can be cleared, and the level be raised`() async throws {
        let entries = try await Self.entries { logger in
            logger.setContext(["symbol": "USDCOP"])
            logger.clearContext()
            #expect(logger.getContext() == [:])
            logger.info("cleared")
            logger.setMinLevel(.error)
            logger.warn("\(Self.never())")
            logger.error("heard")
        }
        #expect(entries.map { $0["message"]?.text } == ["cleared", "heard"])
        #expect(entries[0]["context"] == ["service": "desk"])
    }

    private static func never() -> String {
        Issue.record("a message that nobody hears was computed")
        return ""
    }

    @Test func `work is timed`() async throws {
        let entries = try await Self.entries { logger in
            let value = await logger.time("place order", ["symbol": "USDCOP"]) {
                await Task.yield()
                return 7
            }
            #expect(value == 7)
            let logger = logger
            await #expect(throws: Refused.self) {
                let _: Int = try await logger.time("cancel order") { throw Refused() }
            }
        }
        #expect(entries.map { $0["level"]?.text } == ["debug", "info", "debug", "error"])
        #expect(
            entries.map { $0["message"]?.text } == [
                "place order started", "place order completed", "cancel order started", "cancel order failed",
            ])
        #expect(entries[1]["metadata"]?["operation"] == "place order")
        #expect(entries[1]["context"]?["symbol"] == "USDCOP")
        #expect((entries[1]["metadata"]?["duration_ms"]?.double ?? -1) >= 0)
        #expect(entries[0]["metadata"]?["duration_ms"] == nil)
        #expect(entries[3]["error"]?["name"] == "Refused")
        #expect(entries[3]["metadata"]?["duration_ms"]?.double != nil)
    }

    @Test func `it speaks through any handler of swift-log`() {
        let log = RecordedLog()
        let logger = StructuredLogger(log.logger).child(["symbol": "USDCOP"])
        logger.warn("careful", ["user_id": "u"])
        #expect(log.messages == ["warning: careful"])
        #expect(log.records.first?.metadata == ["symbol": "USDCOP", "user_id": "u"])
    }
}

import CacheServices
import Foundation
import Hiredis
import RedisTesting
import TestTurns
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

@Suite("The log of the program", .takesTurns, .timeLimit(.minutes(1)))
struct LogTests {
    private static let nowhere = Program(url: "redis://127.0.0.1:1/0")

    private static func entries(_ text: String) throws -> [JSONValue] {
        try text.split(separator: "\n").map { try JSONParser.parse(Array($0.utf8)) }
    }

    @Test func `serve logs to standard error and to its file, with the ids of requests, to the very end`() async throws {
        try await Program.withRedis { program, redis async throws in
            let scratch = try ScratchDirectory()
            let file = scratch.url.appendingPathComponent("log/usdcop.log")
            let serve = try program.start(["serve", "--port", "0", "--log-file", file.path], environment: ["LOG_LEVEL": "debug"])
            try await serve.expect("listens on http://127.0.0.1:")
            let address = try #require(serve.output.split(separator: " ").last?.split(separator: "\n").first)
            var request = URLRequest(url: try #require(URL(string: address + "/api/cache/signals")))
            request.setValue("desk-7", forHTTPHeaderField: "X-Request-ID")
            _ = try await URLSession.shared.data(for: request)
            try await redis.ask("SET", "usdcop:signal:latest", "rubbish")
            _ = try await URLSession.shared.data(for: request)
            serve.signal(SIGTERM)
            let run = try await serve.end()
            #expect(run.status == 0)
            let logged = try String(contentsOf: file, encoding: .utf8)
            // Each has its own order of what two threads say at once.
            #expect(logged.split(separator: "\n").sorted() == run.errors.split(separator: "\n").sorted())
            let entries = try Self.entries(logged)
            #expect(entries.allSatisfy { $0["context"]?["service"] == "usdcop" })
            let answered = entries.filter { $0["message"] == "answered" }
            #expect(
                answered.map { $0["context"] } == [
                    ["request_id": "desk-7", "service": "usdcop"], ["request_id": "desk-7", "service": "usdcop"],
                ])
            let failed = try #require(entries.first { $0["message"] == "a request failed" })
            #expect(failed["context"] == ["request_id": "desk-7", "service": "usdcop"])
            #expect(failed["error"]?["name"] == "CacheError")
            // What the lifecycle says after everything else has ended.
            #expect(entries.last?["message"] == "Service lifecycle ended")
        }
    }

    @Test func `a file that cannot be written is said at once, with 73`() async throws {
        let run = try await Self.nowhere.run("serve", "--port", "0", "--log-file", "/dev/null/usdcop.log")
        #expect(run.status == 73)
        #expect(run.errors.contains("LOG_FILE"))
    }

    @Test(arguments: [([:], true), (["NO_COLOR": "1"], false)] as [([String: String], Bool)])
    func `on a terminal the log is pretty`(environment: [String: String], isColoured: Bool) async throws {
        let text = try await Terminal.errors(
            of: ["signal", "latest", "--log-level", "info"],
            environment: ["REDIS_URL": Self.nowhere.url, "TERM": "xterm"].merging(environment) { $1 })
        #expect(text.contains("⚠️ "))
        #expect(text.contains("\u{1B}[33m[WARN]\u{1B}[0m") == isColoured)
        #expect(text.contains("\n  Metadata: {"))
    }

    @Test func `elsewhere it is JSON, unless it is to be pretty`() async throws {
        let run = try await Self.nowhere.run("signal", "latest", "--log-level", "info")
        let line = try #require(run.errors.split(separator: "\n").first)
        #expect(try Self.entries(String(line)).first?["level"] == "warn")
        let pretty = try await Self.nowhere.run("signal", "latest", "--log-level", "info", "--log-format", "pretty")
        #expect(pretty.errors.hasPrefix("⚠️ ") && pretty.errors.contains(" [WARN] "))
    }

    @Test func `a command says nothing of its own accord`() async throws {
        let run = try await Self.nowhere.run("signal", "latest")
        #expect(run.errors.split(separator: "\n").count == 1)
    }
}

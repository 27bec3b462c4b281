import Foundation
import Hiredis
import RedisTesting
import TestTurns
import Testing

@Suite(.takesTurns, .timeLimit(.minutes(1)))
struct ServeStreamTests {
    /// A client that reads a stream into a file.
    private static func curl(_ address: Substring, into file: URL) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["curl", "-sN", "\(address)/api/stream?topics=signals", "-o", file.path]
        try process.run()
        return process
    }

    @Test func `SIGTERM ends serve with open streams within a second, and they are told`() async throws {
        try await Program.withRedis { program, _ in
            let serve = try program.start(["serve", "--port", "0"])
            try await serve.expect("usdcop listens on")
            let address = try #require(serve.output.split(separator: " ").last.map { $0.split(separator: "\n")[0] })
            let file = serve.directory.appendingPathComponent("stream")
            let curl = try Self.curl(address, into: file)
            func text() -> String { (try? String(contentsOf: file, encoding: .utf8)) ?? "" }
            try await eventually { text().contains("event: open") }
            // What another process publishes arrives here.
            let published = try await program.run(
                "signal", "publish", "-",
                input: """
                    {"signal_id": "from-elsewhere", "timestamp": "2025-01-15T10:30:00.000Z", "symbol": "USDCOP", "action": "BUY", \
                    "confidence": 0.85, "price": 4250.5, "features": {}, "model_version": "v1", "execution_latency_ms": 45}
                    """)
            #expect(published.status == 0, "\(published.errors)")
            try await eventually { text().contains("from-elsewhere") }
            let start = ContinuousClock.now
            serve.signal(SIGTERM)
            let run = try await serve.end()
            #expect(run.status == 0)
            #expect(start.duration(to: .now) < .seconds(1))
            curl.waitUntilExit()
            #expect(text().contains("event: bye\ndata: {\"reason\":\"shutdown\"}"))
        }
    }
}

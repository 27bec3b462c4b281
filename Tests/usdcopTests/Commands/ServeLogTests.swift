import CacheServices
import Foundation
import RedisTesting
import TestTurns
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// What the log of the service must not do: hold up a request, or tell a secret.
@Suite("The log of the running service", .takesTurns, .timeLimit(.minutes(2)))
struct ServeLogTests {
    /// Answers of one request after another.
    private static func send(
        _ method: String, _ url: String, headers: [String: String] = [:], body: String? = nil
    ) async throws -> (status: Int, body: String) {
        var request = URLRequest(url: try #require(URL(string: url)))
        request.httpMethod = method
        for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
        if let body {
            request.httpBody = Data(body.utf8)
            request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        }
        let (data, response) = try await URLSession.shared.data(for: request)
        return ((response as? HTTPURLResponse)?.statusCode ?? 0, String(decoding: data, as: UTF8.self))
    }

    private static func address(of serve: RunningProgram) async throws -> String {
        try await serve.expect("listens on http://127.0.0.1:")
        return String(try #require(serve.output.split(separator: " ").last?.split(separator: "\n").first))
    }

    @Test func `a pipe that nobody reads holds up no request`() async throws {
        try await Program.withRedis { program, _ async throws in
            let pipe = Pipe()
            let serve = try program.start(["serve", "--port", "0", "--log-level", "debug"], errors: pipe)
            let address = try await Self.address(of: serve)
            var slowest = Duration.zero
            for _ in 0..<1500 {
                let start = ContinuousClock.now
                #expect(try await Self.send("GET", address + "/api/cache/signals").status == 200)
                slowest = max(slowest, start.duration(to: .now))
            }
            #expect(slowest < .seconds(1))
            // Far more than a pipe holds: what the reader finds later is whole lines, to the last.
            serve.signal(SIGTERM)
            let logged = try #require(try pipe.fileHandleForReading.readToEnd())
            #expect(try await serve.end().status == 0)
            let lines = logged.split(separator: UInt8(ascii: "\n"))
            let messages = try lines.map { try JSONParser.parse(Array($0))["message"] }
            #expect(messages.count { $0 == "answered" } == 1500)
        }
    }

    @Test func `a secret in an address, a header or a field is in no line of the log and in no error`() async throws {
        let secret = "CANARY-5f1c9d7a"
        let redis = try await PrivateRedis.start("--appendonly", "yes", "--requirepass", secret + "-redis")
        defer { redis.stop() }
        let scratch = try ScratchDirectory()
        let keys = try scratch.file("keys", "administrator:ops:\(secret)-administrator-key\nreader:ana:\(secret)-reader-key-000000\n")
        let log = scratch.url.appendingPathComponent("usdcop.log")
        let program = Program(url: "redis://default:\(secret)-redis@127.0.0.1:\(redis.port)/0")
        let serve = try program.start(
            ["serve", "--port", "0", "--log-level", "debug", "--log-file", log.path],
            environment: ["USDCOP_API_KEYS_FILE": keys, "USDCOP_STATE_DIR": scratch.url.appendingPathComponent("state").path])
        let address = try await Self.address(of: serve)
        let bearer = ["Authorization": "Bearer \(secret)-administrator-key"]
        var refusals: [String] = []
        func expectRefusal(_ method: String, _ path: String, _ headers: [String: String], _ body: String? = nil) async throws {
            let answer = try await Self.send(method, address + path, headers: headers, body: body)
            #expect(answer.status >= 400, "\(method) \(path)")
            refusals.append(answer.body)
        }
        #expect(try await Self.send("GET", address + "/api/cache/signals", headers: bearer).status == 200)
        try await expectRefusal("GET", "/api/cache/signals", ["Authorization": "Bearer \(secret)-wrong"])
        try await expectRefusal("GET", "/api/cache/signals", ["X-API-Key": "\(secret)-wrong"])
        try await expectRefusal("GET", "/api/cache/signals?api_key=\(secret)", bearer)
        try await expectRefusal("GET", "/api/cache/signals?type=history&symbol=USDCOP&limit=\(secret)", bearer)
        try await expectRefusal("GET", "/api/\(secret)?token=\(secret)", bearer)
        try await expectRefusal("DELETE", "/api/audit/signals", ["X-API-Key": "\(secret)-reader-key-000000"], "{\"reason\":\"\(secret)\"}")
        try await expectRefusal("POST", "/api/cache/signals", bearer, "{\"signal\":{\"password\":\"\(secret)\"},\"action\":\"\(secret)\"}")
        try await expectRefusal("POST", "/api/audit/signals", bearer, "{\"event_type\":\"\(secret)\",\"data\":{}}")
        let event = #"{"event_type":"SYSTEM_EVENT","data":{"event":"x"},"metadata":{"password":"\#(secret)"}}"#
        let recorded = try await Self.send("POST", address + "/api/audit/signals", headers: bearer, body: event)
        #expect(recorded.status == 201)
        redis.kill()
        #expect(try await Self.send("POST", address + "/api/audit/signals", headers: bearer, body: event).status == 202)
        try await expectRefusal("GET", "/api/audit/signals?type=stats", bearer)
        serve.signal(SIGTERM)
        let run = try await serve.end()
        #expect(run.status == 0)
        // A path that leads nowhere is shown to its client alone, as it is.
        for body in refusals { #expect(!body.contains(secret), "\(body)") }
        #expect(!run.errors.contains(secret), "\(run.errors.split(separator: "\n").first { $0.contains(secret) } ?? "")")
        let logged = try String(contentsOf: log, encoding: .utf8)
        #expect(logged.contains("answered"))
        // Each has its own order of what two threads say at once.
        #expect(logged.split(separator: "\n").sorted() == run.errors.split(separator: "\n").sorted())
    }
}

import CacheServices
import Foundation
import RedisTesting
import Synchronization
import TestTurns
import Testing

@testable import HealthServices

@Suite(.takesTurns, .timeLimit(.minutes(1)))
struct OtherProbeTests {
    private func check(_ url: String, within limit: Duration = .seconds(1)) async throws -> HealthCheckResult {
        await BoundedCheck.run(try ProbeURL(url).probe, within: limit) {}
    }

    @Test func `a port where somebody listens is well, and any other is not`() async throws {
        let service = try await StandInService.start(.hangs)
        #expect(try await check("tcp://127.0.0.1:\(service.port)").success)
        try await eventually { service.open == 0 }
        try await service.stop()
        #expect(try await check("tcp://127.0.0.1:\(service.port)").error == "The connection was refused.")
    }

    @Test func `another Redis is well when it answers, and its password is not told`() async throws {
        let server = try await PrivateRedis.start("--requirepass", "s3cret")
        #expect(try await check("redis://:s3cret@127.0.0.1:\(server.port)").success)
        let wrong = try await check("redis://:wr0ng@127.0.0.1:\(server.port)")
        #expect(!wrong.success)
        #expect(wrong.error?.contains("wr0ng") == false)
        server.pause()
        let start = ContinuousClock.now
        #expect(try await !check("redis://:s3cret@127.0.0.1:\(server.port)", within: .milliseconds(200)).success)
        #expect(start.duration(to: .now) < .seconds(2))
    }

    @Test func `a closure is measured, whatever it says`() async {
        let probe = CustomProbe {
            try await Task.sleep(for: .milliseconds(60))
            return HealthCheckResult(success: true, latency: .zero, metadata: ["pool": "12"])
        }
        let result = await BoundedCheck.run(probe, within: .seconds(1)) {}
        #expect(result.success)
        #expect(result.latency >= .milliseconds(60))
        #expect(result.metadata == ["pool": "12"])
    }

    @Test func `a closure that throws has failed, and what it throws is not repeated`() async {
        struct Trouble: Error { let password = "s3cret" }
        let result = await BoundedCheck.run(CustomProbe.throwing { throw Trouble() }, within: .seconds(1)) {}
        #expect(!result.success)
        #expect(result.error == "The check ended with Trouble.")
    }

    @Test func `a closure that takes no notice of its end is answered in time all the same`() async throws {
        let ended = Mutex(false)
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let probe = CustomProbe {
            let wait = Task { for await _ in gate {} }
            await wait.value
            return HealthCheckResult(success: true, latency: .zero)
        }
        let start = ContinuousClock.now
        let result = await BoundedCheck.run(probe, within: .milliseconds(100)) { ended.withLock { $0 = true } }
        #expect(!result.success)
        #expect(start.duration(to: .now) < .seconds(1))
        #expect(!ended.withLock { $0 })
        open.finish()
        try await eventually { ended.withLock { $0 } }
    }

    @Test(
        arguments: [
            ("ftp://host/x", "must be http"), ("file:///etc/passwd", "must be http"), ("gopher://127.0.0.1:6379/_x", "must be http"),
            ("tcp://host", "tcp://host:port"), ("http://", "host"), ("http:///x", "host"), ("nonsense", "must be"), ("", "must be a URL"),
            ("http://a b/", "must be a URL"), ("http://host/\u{0a}", "must be a URL"), ("redis://", "address of Redis"),
        ])
    func `other addresses are refused, by what is allowed`(text: String, words: String) throws {
        let error = #expect(throws: ValidationError.self) { try ProbeURL(text) }
        #expect(error?.problems.first?.sentence.contains(words) == true)
    }

    @Test(arguments: ["tcp://127.0.0.1:6379", "redis://127.0.0.1", "postgres://h/d", "http://user@h/", "http://:pw@h/"])
    func `an administrator registers only what is asked over HTTP, without passwords`(text: String) throws {
        #expect(throws: ValidationError.self) { try ProbeURL(text, admitting: .webWithoutCredentials) }
    }

    @Test(
        arguments: [
            ("http://u:p@h:1/x?token=abc", "http://[redacted]@h:1/x?token=[redacted]"), ("postgres://u:p@h/d?password=pw", nil),
            ("http://h/x", "http://h/x"),
        ] as [(String, String?)])
    func `secrets of an address are not shown`(text: String, shown: String?) throws {
        let url = try ProbeURL(text)
        if let shown { #expect(url.redacted == shown) }
        #expect(!url.redacted.contains("p@") && !url.redacted.contains("pw") && !url.redacted.contains("abc"))
        #expect(url.hasCredentials == (text != url.redacted))
    }
}

import CacheServices
import RedisTesting
import TestTurns
import Testing

@testable import HealthServices

@Suite(.takesTurns, .timeLimit(.minutes(1)))
struct HTTPProbeTests {
    private func check(_ manner: StandInService.Manner, path: String = "", within limit: Duration = .milliseconds(500)) async throws
        -> (HealthCheckResult, StandInService)
    {
        let service = try await StandInService.start(manner)
        let result = await BoundedCheck.run(try ProbeURL(service.url + path).probe, within: limit) {}
        return (result, service)
    }

    @Test(arguments: [200, 204, 299]) func `what is answered by 2xx is well`(status: Int) async throws {
        let (result, _) = try await check(.answers(status, body: ""))
        #expect(result.success)
        #expect(result.error == nil)
        #expect(result.metadata["http_status"] == "\(status)")
    }

    @Test(arguments: [301, 400, 404, 500, 503]) func `what is answered by anything else is not`(status: Int) async throws {
        let (result, _) = try await check(.answers(status))
        #expect(!result.success)
        #expect(result.metadata["http_status"] == "\(status)")
    }

    @Test(arguments: [("", "/health"), ("/", "/"), ("/live?x=1", "/live?x=1"), ("?full=1", "/health?full=1")])
    func `it asks for health where the address has no path`(path: String, asked: String) async throws {
        let (result, service) = try await check(.answers(200), path: path)
        #expect(result.success)
        #expect(service.lastRequest.hasPrefix("GET \(asked) HTTP/1.1\r\n"))
    }

    @Test func `a redirect is not followed`() async throws {
        let (result, service) = try await check(.redirects)
        #expect(!result.success)
        #expect(service.requests == 1)
    }

    @Test func `a body without an end costs no more than its beginning`() async throws {
        let before = ResidentMemory.bytes ?? 0
        let (result, service) = try await check(.endless)
        #expect(result.success)
        #expect(result.metadata["body"] == "cut")
        #expect((ResidentMemory.bytes ?? 0) - before < 64 << 20)
        try await eventually { service.open == 0 }
    }

    @Test(arguments: [StandInService.Manner.hangs, .drips]) func `what never ends is ended, and the connection with it`(
        manner: StandInService.Manner
    ) async throws {
        let start = ContinuousClock.now
        let (result, service) = try await check(manner, within: .milliseconds(200))
        #expect(!result.success)
        #expect(start.duration(to: .now) < .seconds(2))
        try await eventually { service.open == 0 }
    }

    @Test func `what speaks another protocol, or nothing, fails in a sentence of ours`() async throws {
        let (result, service) = try await check(.garbage)
        #expect(!result.success)
        #expect(result.error?.contains("SSH") == false)
        try await service.stop()
        let refused = await BoundedCheck.run(try ProbeURL(service.url).probe, within: .seconds(1)) {}
        #expect(refused.error == "The connection was refused.")
    }

    @Test func `figures come from the top of the answer or from its details, and nothing else does`() async throws {
        let (top, _) = try await check(
            .answers(200, body: #"{"requests_per_minute":120.5,"details":{"memory_usage_mb":512},"secret":"s3"}"#))
        #expect(top.requestsPerMinute == 120.5)
        #expect(top.memoryUsageMB == 512)
        #expect(top.metadata.keys.sorted() == ["http_status"])
        let (bad, _) = try await check(.answers(200, body: #"{"requests_per_minute":"many","memory_usage_mb":-1}"#))
        #expect(bad.success)
        #expect(bad.requestsPerMinute == nil)
        #expect(bad.memoryUsageMB == nil)
        let (none, _) = try await check(.answers(200, body: "up and running"))
        #expect(none.success)
    }

    @Test func `user and password travel in a header, and are shown nowhere`() async throws {
        let service = try await StandInService.start(.answers(401))
        let url = try ProbeURL("http://desk:s3cret@127.0.0.1:\(service.port)/health")
        let result = await BoundedCheck.run(url.probe, within: .seconds(1)) {}
        #expect(service.lastRequest.lowercased().contains("authorization: basic zgvzazpzm2nyzxq="))
        #expect(!"\(result)".contains("s3cret"))
        #expect(!"\(url)".contains("desk"))
    }
}

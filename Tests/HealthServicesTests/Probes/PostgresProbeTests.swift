import RedisTesting
import TestTurns
import Testing

@testable import HealthServices

@Suite(.takesTurns, .timeLimit(.minutes(2)))
struct PostgresProbeTests {
    private func check(_ url: String, within limit: Duration = .seconds(2)) async throws -> HealthCheckResult {
        await BoundedCheck.run(try ProbeURL(url).probe, within: limit) {}
    }

    @Test func `a PostgreSQL that answers is well, and one that refuses, hangs or is gone is not`() async throws {
        let server = try await PrivatePostgres.start()
        var last = try await check(server.url())
        try await eventually {
            last = try await check(server.url())
            return last.success
        }
        #expect(last.metadata["version"]?.isEmpty == false)
        #expect(last.latency < .seconds(1))

        let refused = try await check(server.url(password: "wr0ng"))
        #expect(refused.error == "PostgreSQL refuses the user or the password.")
        let unknown = try await check(server.url(database: "nothere"))
        #expect(unknown.error == "PostgreSQL has no such database or user.")

        let before = openDescriptors()
        server.pause()
        let start = ContinuousClock.now
        for _ in 0..<5 { #expect(try await !check(server.url(), within: .milliseconds(100)).success) }
        #expect(start.duration(to: .now) < .seconds(3))
        server.resume()
        try await eventually { openDescriptors() <= before }
        try await eventually { try await check(server.url()).success }

        server.stop()
        let gone = try await check(server.url())
        #expect(gone.error == "The connection was refused.")
        for result in [refused, unknown, gone] {
            for word in ["s3cret", "wr0ng", "desk", "127.0.0.1"] { #expect(!"\(result)".contains(word)) }
        }
    }

    @Test func `a server that says nothing is left in time`() async throws {
        let service = try await StandInService.start(.hangs)
        let result = try await check("postgres://u:p@127.0.0.1:\(service.port)/d?sslmode=disable", within: .milliseconds(200))
        #expect(!result.success)
        try await eventually { service.open == 0 }
    }
}

import Hiredis
import RedisTesting
import TestTurns
import Testing

/// What every test rests on that asks whether Redis refused something.
@Suite(.takesTurns, .timeLimit(.minutes(1))) struct RefusalLogTests {
    @Test func `a refusal is found, and a server that cannot be asked is none that refused nothing`() async throws {
        let server = try await PrivateRedis.start()
        defer { server.stop() }
        #expect(server.refusals() == [])
        server.expectRefusals()
        try await RedisClient.withClient(server.configuration, logger: .silent) { client in
            await #expect(throws: RedisError.self) {
                _ = try await client.send(RedisCommand("XTRIM", ["usdcop:audit:events", "MAXLEN", "0"]))
            }
        }
        let refusals = try #require(server.refusals())
        #expect(refusals.count == 1)
        #expect(refusals.first?.contains("usdcop") == true && refusals.first?.contains("usdcop:audit:events") == true)
        server.kill()
        #expect(server.refusals() == nil)
    }
}

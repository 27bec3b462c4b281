import Hiredis
import RedisTesting
import Testing

@Suite struct RedisClientTests {
    @Test func `answers a command over TCP and over a Unix socket`() async throws {
        let server = try await PrivateRedis.start()
        for url in [server.url, "unix://\(server.socketPath)?db=3"] {
            try await RedisClient.withClient(RedisConfiguration(url: url)) { client in
                let reply = try await client.send(RedisCommand("SET", ["key", "value"]))
                #expect(reply == .status("OK"))
                #expect(try await client.get("key") == Array("value".utf8))
                #expect(try await client.get("absent") == nil)
            }
        }
    }
}

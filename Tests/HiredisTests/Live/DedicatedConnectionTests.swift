import Hiredis
import RedisTesting
import Testing

extension Live {
    @Suite struct DedicatedConnectionTests {
        @Test func `waiting for a list or a stream does not delay others`() async throws {
            let server = try await PrivateRedis.startOpen()
            try await Live.withClient(server.configuration) { client async throws in
                try await client.ready()
                async let popped = client.withDedicatedConnection { connection async throws in
                    try await connection.reply(to: RedisCommand("BLPOP", ["list", "5"], blocking: .seconds(5)))
                }
                async let read = client.withDedicatedConnection { connection async throws in
                    let command = RedisCommand("XREAD", ["BLOCK", "5000", "STREAMS", "stream", "$"], access: .read, blocking: .seconds(5))
                    return try await connection.reply(to: command)
                }
                try await eventually { try await server.ask("INFO", "clients").text?.contains("blocked_clients:2") == true }
                let (_, time) = try await timed { for _ in 0..<100 { _ = try await client.get("key") } }
                #expect(time < .seconds(1))
                // Longer than the command time-out: what the server may hold back does not count.
                try await Task.sleep(for: .milliseconds(1200))
                _ = try await client.send(RedisCommand("RPUSH", ["list", "item"]))
                _ = try await client.send(RedisCommand("XADD", ["stream", "*", "field", "value"]))
                #expect(try await popped.array?.compactMap(\.text) == ["list", "item"])
                #expect(try await read.array?.first?.array?.first?.text == "stream")
            }
        }

        @Test func `blocking that ends without anything is a null reply`() async throws {
            let server = try await PrivateRedis.startOpen()
            let client = RedisClient(configuration: server.configuration)
            let reply = try await client.withDedicatedConnection { connection async throws in
                try await connection.reply(to: RedisCommand("BLPOP", ["list", "0.05"], blocking: .milliseconds(50)))
            }
            #expect(reply == .null)
        }

        @Test func `ends with its body, however that ends`() async throws {
            let server = try await PrivateRedis.startOpen()
            let client = RedisClient(configuration: server.configuration)
            let escaped = try await client.withDedicatedConnection { $0 }
            let error = try await #require(throws: RedisError.self) { try await escaped.reply(to: RedisCommand("PING")) }
            #expect(error.code == .shutDown)
            #expect(error.outcome == .notSent)
            await #expect(throws: NeverHappened.self) { try await client.withDedicatedConnection { _ in throw NeverHappened() } }
            try await eventually {
                try await server.ask("CLIENT", "LIST").text?.contains("name=usdcop ") == false
            }
        }

        @Test func `an error reply is a value and the connection goes on`() async throws {
            let server = try await PrivateRedis.startOpen()
            let client = RedisClient(configuration: server.configuration)
            try await client.withDedicatedConnection { connection async throws in
                guard case .error(let error) = try await connection.reply(to: RedisCommand("NOSUCHCOMMAND")) else {
                    return #expect(Bool(false), "not an error")
                }
                #expect(error.kind == .other)
                #expect(try await connection.reply(to: RedisCommand("PING")) == .status("PONG"))
            }
        }
    }
}

import Hiredis
import RedisTesting
import Testing

extension Live {
    @Suite struct ScriptTests {
        private let increment = RedisScript("return redis.call('INCRBY', KEYS[1], ARGV[1])")

        @Test func `a script costs one command, and one more where the server does not know it`() async throws {
            let server = try await PrivateRedis.startOpen()
            try await Live.withClient(server.configuration) { client async throws in
                for number in 1...10 {
                    #expect(try await client.run(increment, keys: ["n"], arguments: ["1"]) == .integer(Int64(number)))
                }
                let calls = try await server.commandCalls()
                #expect(calls["evalsha"] == 10)
                #expect(calls["eval"] == 1)
            }
        }

        @Test func `forgetting scripts under load fails no call and repeats none`() async throws {
            let server = try await PrivateRedis.startOpen()
            try await Live.withClient(server.configuration) { client async throws in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<8 {
                        group.addTask {
                            for _ in 0..<100 { _ = try await client.run(increment, keys: ["n"], arguments: ["1"], timeout: .seconds(10)) }
                        }
                    }
                    group.addTask {
                        for _ in 0..<50 { _ = try await client.send(RedisCommand("SCRIPT", ["FLUSH"]), timeout: .seconds(10)) }
                    }
                    try await group.waitForAll()
                }
                #expect(try await client.get("n") == Array("800".utf8))
            }
        }

        @Test func `an error inside a script keeps its kind`() async throws {
            let server = try await PrivateRedis.startOpen()
            try await Live.withClient(server.configuration) { client async throws in
                _ = try await client.send(RedisCommand("LPUSH", ["list", "a"]))
                let error = try await #require(throws: RedisError.self) {
                    try await client.run(increment, keys: ["list"], arguments: ["1"])
                }
                #expect(error.server?.kind == .wrongType)
                #expect(error.outcome == .rejected)
            }
        }

        @Test func `both attempts share one deadline`() async throws {
            let server = try await PrivateRedis.startOpen("--enable-debug-command", "yes")
            try await Live.withClient(server.configuration) { client async throws in
                try await client.ready()
                server.pause()
                let (error, time) = try await timed {
                    try await #require(throws: RedisError.self) {
                        try await client.run(increment, keys: ["n"], arguments: ["1"], timeout: .milliseconds(200))
                    }
                }
                server.resume()
                #expect(error.outcome == .unknown)
                #expect(time < .milliseconds(700))
            }
        }
    }
}

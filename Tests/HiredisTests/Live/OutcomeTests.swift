import Hiredis
import RedisTesting
import Testing

extension Live {
    @Suite struct OutcomeTests {
        @Test func `a command before run waits until its deadline and is not sent`() async throws {
            let server = try await PrivateRedis.startOpen()
            let client = RedisClient(configuration: server.configuration)
            let (error, time) = try await timed { try await client.failure(of: RedisCommand("INCR", ["n"]), timeout: .milliseconds(100)) }
            #expect(error.code == .unreachable)
            #expect(error.outcome == .notSent)
            #expect(time >= .milliseconds(100) && time < .milliseconds(600))
        }

        @Test func `a command that waits for the first connection is sent when there is one`() async throws {
            let server = try await PrivateRedis.startOpen()
            try await Live.withClient(server.configuration) { client async throws in
                // No waiting for readiness here: that is the point.
                #expect(try await client.send(RedisCommand("INCR", ["n"]), timeout: .seconds(5)) == .integer(1))
            }
        }

        @Test func `a refused command is rejected`() async throws {
            let server = try await PrivateRedis.startOpen()
            try await Live.withClient(server.configuration) { client async throws in
                _ = try await client.send(RedisCommand("LPUSH", ["list", "a"]))
                let error = try await client.failure(of: RedisCommand("INCR", ["list"]))
                #expect(error.code == .server)
                #expect(error.outcome == .rejected)
                #expect(error.server?.kind == .wrongType)
            }
        }

        @Test func `a command that a hanging server does not answer is unknown`() async throws {
            let server = try await PrivateRedis.startOpen()
            try await Live.withClient(server.configuration) { client async throws in
                try await client.ready()
                server.pause()
                let (error, time) = try await timed {
                    try await client.failure(of: RedisCommand("INCR", ["n"]), timeout: .milliseconds(100))
                }
                server.resume()
                #expect(error.code == .deadlineExceeded)
                #expect(error.outcome == .unknown)
                #expect(error.cause == "no answer in time")
                #expect(time >= .milliseconds(100) && time < .milliseconds(600))
            }
        }

        @Test func `more commands than may wait are refused and not sent`() async throws {
            let server = try await PrivateRedis.startOpen()
            var configuration = server.configuration
            configuration.maximumInFlight = 10
            try await Live.withClient(configuration) { client async throws in
                try await client.ready()
                server.pause()
                let errors = await withTaskGroup(of: RedisError?.self) { group in
                    for _ in 0..<25 {
                        group.addTask { try? await client.failure(of: RedisCommand("INCR", ["n"]), timeout: .milliseconds(200)) }
                    }
                    return await group.reduce(into: []) { $0.append($1) }
                }
                server.resume()
                #expect(errors.count { $0?.code == .overloaded && $0?.outcome == .notSent } == 15)
                #expect(errors.count { $0?.code == .deadlineExceeded && $0?.outcome == .unknown } == 10)
                // The ten were executed after all, which is what unknown means; nothing else was.
                try await eventually { try await server.ask("GET", "n") == .bulk(Array("10".utf8)) }
                try await eventually { (try? await client.send(RedisCommand("INCR", ["n"]))) == .integer(11) }
            }
        }

        @Test func `a write under way when the server is killed is unknown, a read is repeated`() async throws {
            let server = try await PrivateRedis.startOpen("--appendonly", "yes", "--appendfsync", "always")
            try await server.ask("SET", "n", "41")
            try await Live.withClient(server.configuration) { client async throws in
                try await client.ready()
                server.pause()
                async let write = client.failure(of: RedisCommand("INCR", ["n"]), timeout: .seconds(5))
                async let read = client.get("n", timeout: .seconds(10))
                // Both are under way when the kernel has their bytes, which the server cannot tell us; the status can tell the end.
                try await Task.sleep(for: .milliseconds(50))
                server.kill()
                let error = try await write
                #expect(error.outcome == .unknown)
                #expect(error.code == .connectionClosed)
                #expect(error.cause == "the server hung up")
                try await server.start()
                #expect(try await read == Array("41".utf8))
            }
        }
    }
}

import Hiredis
import Logging
import RedisTesting
import ServiceLifecycle
import Testing

extension Live {
    @Suite struct ShutdownTests {
        private let logger = Logger.silent

        @Test func `a graceful shutdown waits for what is under way and takes nothing more`() async throws {
            let server = try await PrivateRedis.startOpen("--enable-debug-command", "yes")
            let client = RedisClient(configuration: server.configuration, logger: logger)
            let group = ServiceGroup(services: [client], logger: logger)
            let run = Task { try await group.run() }
            try await client.ready()
            let sleep = Task { try await client.send(RedisCommand("DEBUG", ["SLEEP", "0.2"])) }
            try await eventually { (try? await client.get("key", timeout: .milliseconds(10))) == nil }
            let behind = Task { try await client.send(RedisCommand("INCR", ["n"])) }
            try await eventually { (try? await client.get("key", timeout: .milliseconds(10))) == nil }
            await group.triggerGracefulShutdown()
            try await client.status { $0.name == "shutDown" }
            let late = try await client.failure(of: RedisCommand("INCR", ["n"]))
            #expect(late.code == .shutDown)
            #expect(late.outcome == .notSent)
            #expect(try await sleep.value == .status("OK"))
            #expect(try await behind.value == .integer(1))
            try await run.value
            #expect(try await server.ask("GET", "n") == .bulk(Array("1".utf8)))
        }

        @Test func `a shutdown does not wait for a server that hangs`() async throws {
            let server = try await PrivateRedis.startOpen()
            var configuration = server.configuration
            configuration.commandTimeout = .milliseconds(300)
            let client = RedisClient(configuration: configuration, logger: logger)
            let run = Task { await client.run() }
            try await client.ready()
            server.pause()
            let write = Task { try await client.failure(of: RedisCommand("INCR", ["n"]), timeout: .seconds(20)) }
            try await Task.sleep(for: .milliseconds(20))
            run.cancel()
            let (_, time) = await timed { await run.value }
            #expect(time < .seconds(1))
            let error = try await write.value
            #expect(error.code == .shutDown)
            #expect(error.outcome == .unknown)
            server.resume()
        }

        @Test func `a shutdown releases those who wait for a connection`() async throws {
            let client = RedisClient(configuration: Live.configuration(port: 1), logger: logger)
            let waiting = Task { try await client.failure(of: RedisCommand("INCR", ["n"]), timeout: .seconds(20)) }
            let run = Task { await client.run() }
            run.cancel()
            await run.value
            let error = try await waiting.value
            #expect(error.code == .shutDown)
            #expect(error.outcome == .notSent)
            #expect(!client.status.isReady)
        }
    }
}

@testable import Hiredis
import NIOCore
import RedisTesting
import Testing

extension Live {
    @Suite struct CommandTests {
        @Test func `answers over TCP and over a Unix socket`() async throws {
            let server = try await PrivateRedis.startOpen()
            for url in [server.url, "unix://\(server.socketPath)?db=3", "redis://localhost:\(server.port)"] {
                try await Live.withClient(RedisConfiguration(url: url)) { client async throws in
                    #expect(try await client.send(RedisCommand("SET", ["key", "value"])) == .status("OK"))
                    #expect(try await client.get("key") == Array("value".utf8))
                    #expect(try await client.get("absent") == nil)
                }
            }
        }

        @Test func `any bytes come back as they went`() async throws {
            let server = try await PrivateRedis.startOpen()
            let values: [[UInt8]] = [[], [0], Array("\r\n$-1\r\n".utf8), Array(0...255), [UInt8](repeating: 0xc3, count: 3 << 20)]
            try await Live.withClient(server.configuration) { client async throws in
                for value in values {
                    let key = RedisArgument.bytes([0x00, 0x0d, 0x0a, UInt8(values.count)])
                    #expect(try await client.send(RedisCommand("SET", [key, .bytes(value)]), timeout: .seconds(5)) == .status("OK"))
                    let reply = try await client.send(RedisCommand("GET", [key], access: .read), timeout: .seconds(5))
                    #expect(reply.bytes == value)
                }
            }
        }

        @Test func `many callers share one connection and one command is sent for each call`() async throws {
            let server = try await PrivateRedis.startOpen()
            try await Live.withClient(server.configuration) { client async throws in
                try await client.ready()
                let before = try await server.commandCalls()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for caller in 0..<50 {
                        group.addTask {
                            for number in 0..<20 {
                                _ = try await client.send(
                                    RedisCommand("SET", [.text("\(caller)"), .integer(number)]), timeout: .seconds(10))
                                #expect(try await client.get("\(caller)", timeout: .seconds(10)) == Array("\(number)".utf8))
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                let after = try await server.commandCalls()
                #expect(after["set", default: 0] - before["set", default: 0] == 1000)
                #expect(after["get", default: 0] - before["get", default: 0] == 1000)
                let clients = try await server.ask("CLIENT", "LIST").text ?? ""
                #expect(clients.split(separator: "\n").count { $0.contains("name=usdcop ") } == 1)
            }
        }

        @Test(arguments: [0, -1, 1] as [Int64])
        func `a time-out of no time sends nothing, one of ages is no trap`(sign: Int64) async throws {
            let server = try await PrivateRedis.startOpen()
            try await Live.withClient(server.configuration) { client async throws in
                try await client.ready()
                let forever = Duration.seconds(Int64.max)
                let command = RedisCommand("INCR", ["n"], blocking: sign > 0 ? forever : .zero)
                if sign > 0 {
                    #expect(try await client.send(command, timeout: forever) == .integer(1))
                    let reply = try await client.withDedicatedConnection { try await $0.reply(to: command, timeout: forever) }
                    #expect(reply == .integer(2))
                } else {
                    #expect(try await client.failure(of: command, timeout: sign == 0 ? .zero : .seconds(-1)).outcome == .notSent)
                    #expect(try await client.get("n") == nil)
                }
            }
        }

        @Test func `sends small packets at once and sets no other option of the socket`() async throws {
            let server = try await PrivateRedis.startOpen()
            let client = RedisClient(configuration: server.configuration)
            try await client.withDedicatedConnection { connection async throws in
                #expect(try await connection.channel.getOption(.tcpOption(.tcp_nodelay)).get() != 0)
                #expect(try await connection.channel.getOption(.socketOption(.so_keepalive)).get() != 0)
                // The number of TCP_NODELAY means SO_DEBUG on the level of sockets, and that needs privileges.
                #expect(try await connection.channel.getOption(.socketOption(.init(rawValue: 1))).get() == 0)
            }
        }

        @Test(arguments: [
            ("redis://no.such.host.invalid", "no such host name"), ("redis://127.0.0.1:1", "connection refused"),
            ("unix:///does/not/exist.sock", "no such socket"),
        ])
        func `an address that leads nowhere is unreachable, and the error says why`(url: String, cause: String) async throws {
            let client = RedisClient(configuration: try RedisConfiguration(url: url))
            let error = try await #require(throws: RedisError.self) { try await client.withDedicatedConnection { _ in } }
            #expect(error.code == .unreachable)
            #expect(error.outcome == .notSent)
            #expect(error.cause == cause)
        }

        @Test func `a server that says anything but PONG is not taken for Redis`() async throws {
            // Every word comes back, as from a connection that the kernel made with itself.
            let server = try await RogueServer.start(on: .connect, [.echo])
            let client = RedisClient(configuration: Live.configuration(port: server.port))
            let error = try await #require(throws: RedisError.self) { try await client.withDedicatedConnection { _ in } }
            #expect(error.code == .unexpectedReply)
            #expect(error.outcome == .notSent)
            try await server.stop()
        }

        @Test func `a resolver is asked where to connect`() async throws {
            let server = try await PrivateRedis.startOpen()
            var configuration = Live.configuration(port: 1)
            let port = server.port
            configuration.resolver = { .tcp(host: "127.0.0.1", port: port) }
            try await Live.withClient(configuration) { client async throws in
                #expect(try await client.send(RedisCommand("PING")) == .status("PONG"))
            }
        }
    }
}

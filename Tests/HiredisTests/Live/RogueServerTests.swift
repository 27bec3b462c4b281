import Hiredis
import RedisTesting
import Testing

extension Live {
    @Suite struct RogueServerTests {
        struct Rogue: Sendable, CustomTestStringConvertible {
            let name: String
            let script: [RogueServer.Step]
            var codes: [RedisError.Code] = [.protocolViolation]
            var testDescription: String { name }
        }

        static let rogues: [Rogue] = [
            Rogue(name: "huge array", script: [.send("*2147483647\r\n")]),
            Rogue(
                name: "huge array and elements", script: [.send("*2147483647\r\n"), .sendForever(String(repeating: ":1\r\n", count: 4096))]),
            Rogue(
                name: "many small arrays",
                script: [.send("*65536\r\n"), .sendForever(String(repeating: "*2\r\n:1\r\n:1\r\n", count: 4096))]),
            Rogue(name: "array larger than any integer", script: [.send("*99999999999999999999\r\n")]),
            Rogue(name: "negative array", script: [.send("*-5\r\n")]),
            Rogue(name: "negative bulk", script: [.send("$-7\r\n")]),
            Rogue(
                name: "bulk of 2^63-1 bytes",
                script: [.send("$9223372036854775807\r\n"), .sendForever(String(repeating: "a", count: 1 << 16))]),
            Rogue(name: "bulk of 512 MB", script: [.send("$536870912\r\n"), .sendForever(String(repeating: "a", count: 1 << 16))]),
            Rogue(name: "endless status", script: [.send("+"), .sendForever(String(repeating: "a", count: 1 << 16))]),
            Rogue(name: "endless number", script: [.send(":"), .sendForever(String(repeating: "1", count: 1 << 16))]),
            Rogue(name: "1000 levels", script: [.send(String(repeating: "*1\r\n", count: 1000))]),
            Rogue(name: "garbage", script: [.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")]),
            Rogue(name: "zeros for ever", script: [.sendForever(String(repeating: "\0", count: 1 << 16))]),
            Rogue(name: "one reply too many", script: [.send(":1\r\n:2\r\n")]),
            Rogue(name: "replies for ever", script: [.sendForever(String(repeating: "+OK\r\n", count: 4096))]),
            Rogue(name: "RESP3 push", script: [.send(">2\r\n+invalidate\r\n*1\r\n+key\r\n")]),
            Rogue(name: "RESP3 map", script: [.send("%1\r\n+a\r\n+b\r\n")]),
            Rogue(name: "close without a word", script: [.close], codes: [.connectionClosed]),
            Rogue(name: "close within a reply", script: [.send("$5\r\nhel"), .close], codes: [.connectionClosed]),
            Rogue(name: "silence", script: [], codes: [.deadlineExceeded]),
            Rogue(
                name: "drip", script: [.drip("$1000\r\n" + String(repeating: "a", count: 1000), every: .milliseconds(2))],
                codes: [.deadlineExceeded]),
        ]

        private func configuration(port: Int) -> RedisConfiguration {
            var configuration = Live.configuration(port: port)
            configuration.limits = ReplyLimits(maximumElements: 1 << 17, maximumBytes: 2 << 20)
            configuration.stallTimeout = .milliseconds(300)
            configuration.connectTimeout = .milliseconds(300)
            return configuration
        }

        @Test(arguments: rogues)
        func `a rogue is dropped, memory stays bounded, and a good server is found in its place`(rogue: Rogue) async throws {
            let server = try await RogueServer.start(on: .firstCommand, rogue.script)
            let before = ResidentMemory.bytes
            try await Live.withClient(configuration(port: server.port)) { client async throws in
                try await client.ready()
                let error = try await client.failure(of: RedisCommand("INCR", ["n"]), timeout: .milliseconds(300))
                // Of a flood, the first whole reply may be taken for the answer; it is the connection that must go.
                #expect(rogue.codes.contains(error.code), "\(error)")
                #expect(error.outcome == .unknown)
                try await eventually { server.connections >= 2 }
                try await server.stop()
                if let before, let after = ResidentMemory.bytes { #expect(after - before < 50 << 20) }
                let good = try await RogueServer.start(port: server.port, on: .firstCommand, [.send(":7\r\n")])
                try await eventually { (try? await client.send(RedisCommand("INCR", ["n"]), timeout: .seconds(1))) == .integer(7) }
                try await good.stop()
            }
        }

        @Test(arguments: rogues, [RogueServer.Trigger.connect, .firstRequest])
        func `a rogue that does not even let a client log in is dropped`(rogue: Rogue, trigger: RogueServer.Trigger) async throws {
            let server = try await RogueServer.start(on: trigger, rogue.script)
            let before = ResidentMemory.bytes
            let client = RedisClient(configuration: configuration(port: server.port))
            let error = try await #require(throws: RedisError.self) { try await client.withDedicatedConnection { _ in } }
            #expect([.protocolViolation, .connectionClosed, .deadlineExceeded].contains(error.code), "\(error)")
            #expect(error.outcome == .notSent)
            #expect(server.sentBytes < 32 << 20)
            if let before, let after = ResidentMemory.bytes { #expect(after - before < 50 << 20) }
            try await server.stop()
        }

        @Test func `replies that nobody asked for end the connection, not the client`() async throws {
            let server = try await PrivateRedis.startOpen()
            try await Live.withClient(server.configuration) { client async throws in
                try await client.ready()
                // A monitor is sent lines unasked: what a client must never take for an answer.
                _ = try await client.send(RedisCommand("MONITOR"))
                for number in 0..<20 { try await server.ask("SET", "key", .integer(number)) }
                try await eventually { (try? await client.get("key")) == Array("19".utf8) }
            }
        }
    }
}

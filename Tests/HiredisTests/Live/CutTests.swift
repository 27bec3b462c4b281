@testable import Hiredis
import RedisTesting
import Testing

extension Live {
    /// Connections that are cut after every possible byte.
    @Suite struct CutTests {
        private let increment = RedisCommand("INCR", ["n"])

        @Test func `a write is executed at most once, and what is not known is said to be unknown`() async throws {
            let server = try await PrivateRedis.startOpen()
            let proxy = try await CuttingProxy.start(inFrontOf: server.port)
            var (acknowledged, unknown, executedUnknown) = (0, 0, 0)
            let requestLength = increment.encoded.count
            for (direction, cut) in Self.cuts(request: requestLength, reply: ":1\r\n".utf8.count) {
                let before = try await count(server)
                let outcome: RedisError.Outcome? = try await cutOnce(proxy, direction, after: cut) { await failure(of: increment, $0) }
                try await settled(server)
                let executed = try await count(server) - before
                #expect((0...1).contains(executed))
                switch outcome {
                case nil:
                    #expect(executed == 1)
                    #expect(direction == .reply && cut == 4)
                    acknowledged += 1
                case .unknown?:
                    unknown += 1
                    executedUnknown += executed
                    // Only a whole command can have been executed.
                    #expect(executed == (direction == .reply || cut == requestLength ? 1 : 0))
                case .notSent?, .rejected?:
                    #expect(Bool(false), "a command of which bytes may have left is unknown")
                }
            }
            #expect(acknowledged == 1)
            #expect(unknown == requestLength + 1 + 4)
            #expect(executedUnknown == 5)
            #expect(try await count(server) == acknowledged + executedUnknown)
            try await proxy.stop()
        }

        @Test func `a read that is cut is repeated and succeeds`() async throws {
            let server = try await PrivateRedis.startOpen()
            try await server.ask("SET", "k", "value")
            let proxy = try await CuttingProxy.start(inFrontOf: server.port)
            let request = RedisCommand("GET", ["k"]).encoded.count
            for (direction, cut) in Self.cuts(request: request, reply: "$5\r\nvalue\r\n".utf8.count) {
                let value = try await cutOnce(proxy, direction, after: cut) { try await $0.get("k", timeout: .seconds(5)) }
                #expect(value == Array("value".utf8))
            }
            try await proxy.stop()
        }

        @Test(arguments: Live.isSoak ? Array(0...130) : [0, 1, 2, 7, 31, 100])
        func `many callers on a connection that is cut are told apart, and none is executed twice`(seed: Int) async throws {
            let server = try await PrivateRedis.startOpen()
            let proxy = try await CuttingProxy.start(inFrontOf: server.port)
            let outcomes = try await Live.withClient(Live.configuration(port: proxy.port)) { client async throws in
                try await client.ready()
                proxy.cut(seed.isMultiple(of: 2) ? .request : .reply, after: 40 * seed + seed)
                return await withTaskGroup(of: RedisError.Outcome?.self) { group in
                    for _ in 0..<200 { group.addTask { await failure(of: increment, client) } }
                    return await group.reduce(into: []) { $0.append($1) }
                }
            }
            try await settled(server)
            let executed = try await count(server)
            let acknowledged = outcomes.count { $0 == nil }
            let unknown = outcomes.count { $0 == .unknown }
            #expect(acknowledged + unknown == outcomes.count)
            #expect((acknowledged...acknowledged + unknown).contains(executed))
            try await proxy.stop()
        }

        @Test func `a log-in that is cut anywhere is tried again`() async throws {
            let server = try await PrivateRedis.startOpen("--requirepass", "secret")
            let proxy = try await CuttingProxy.start(inFrontOf: server.port)
            var configuration = server.configuration
            configuration.endpoint = .tcp(host: "127.0.0.1", port: proxy.port)
            configuration.database = 3
            for direction in [CuttingProxy.Direction.request, .reply] {
                for cut in stride(from: 0, through: 120, by: 7) {
                    proxy.cut(direction, after: cut)
                    try await Live.withClient(configuration) { client async throws in
                        #expect(try await client.send(RedisCommand("INCR", ["logins"]), timeout: .seconds(5)).integer != nil)
                    }
                }
            }
            #expect(try await server.ask("GET", "logins") == .null)
            try await proxy.stop()
        }

        private static func cuts(request: Int, reply: Int) -> [(CuttingProxy.Direction, Int)] {
            (0...request).map { (.request, $0) } + (0...reply).map { (.reply, $0) }
        }

        /// A client of its own for each cut: one that was cut many times in a row pauses before it connects again.
        private func cutOnce<Value: Sendable>(
            _ proxy: CuttingProxy, _ direction: CuttingProxy.Direction, after count: Int,
            _ body: @Sendable (RedisClient) async throws -> Value
        ) async throws -> Value {
            let cuts = proxy.cuts
            return try await Live.withClient(Live.configuration(port: proxy.port)) { client async throws in
                try await client.ready()
                proxy.cut(direction, after: count)
                let value = try await body(client)
                try await eventually { proxy.cuts == cuts + 1 }
                return value
            }
        }

        private func failure(of command: RedisCommand, _ client: RedisClient) async -> RedisError.Outcome? {
            do throws(RedisError) {
                _ = try await client.send(command, timeout: .seconds(5))
                return nil
            } catch {
                return error.outcome
            }
        }

        private func count(_ server: PrivateRedis) async throws -> Int {
            try await server.ask("GET", "n").text.flatMap { Int($0) } ?? 0
        }

        /// Waits until Redis has read whatever cut connections left behind: until at most one client but the asking one is there.
        private func settled(_ server: PrivateRedis) async throws {
            try await eventually {
                let clients = try await server.ask("CLIENT", "LIST").text ?? ""
                return clients.split(separator: "\n").count { !$0.contains("name=test-admin ") } <= 1
            }
        }
    }
}

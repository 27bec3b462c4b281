import CacheServices
import Hiredis
import RedisTesting
import Testing

@testable import LoggingServices

extension Live {
    /// What the users of `scripts/docker/users.acl` may and may not do to the trail.
    @Suite(.timeLimit(.minutes(2))) struct TrailBorderTests {
        private static let events = RedisArgument.text("usdcop:audit:events")
        private static let keys: [RedisArgument] = [events, "usdcop:audit:checkpoints", "usdcop:audit:writers", "usdcop:mine"]

        /// A trail of a few signed events, and something beside it.
        private func withTrail(_ body: @Sendable (PrivateRedis) async throws -> Void) async throws {
            let server = try await PrivateRedis.start("--enable-debug-command", "yes")
            defer { server.stop() }
            try await server.ask("SET", "usdcop:mine", "x")
            try await server.ask("SET", "other:key", "x")
            let key = try TestTrail.key()
            try await withAudit(on: server.configuration, { $0.signingKey = key }) { audit in
                for number in 0..<12 { _ = try await audit.log(.system("event \(number)")) }
            }
            try await body(server)
        }

        private func bytes(_ server: PrivateRedis) async throws -> [RedisReply] {
            var all: [RedisReply] = []
            for key in Self.keys { all.append(try await server.ask("DUMP", key)) }
            return all
        }

        @Test(arguments: [RedisUsers.User.service, .trail, .reader])
        func `no command harms the trail or the server, within a script or without`(user: RedisUsers.User) async throws {
            try await withTrail { server in
                server.expectRefusals()
                let before = try await bytes(server)
                let configuration = server.configuration(as: user)
                try await RedisClient(configuration: configuration).withDedicatedConnection { connection in
                    for words in RefusedCommand.onTheTrail + RefusedCommand.onItsWitnesses + RefusedCommand.elsewhere {
                        let direct = try await connection.reply(to: RefusedCommand.command(words), timeout: .seconds(5))
                        #expect(direct.refusal?.kind == .noPermission, "\(words) \(direct)")
                        for namesKey in [true, false] {
                            let inside = try await connection.reply(
                                to: RefusedCommand.script(words, namesKey: namesKey), timeout: .seconds(5))
                            #expect(inside.refusal != nil, "\(words) \(inside)")
                        }
                    }
                }
                #expect(try await bytes(server) == before)
                #expect(try await server.ask("GET", "other:key").text == "x")
                #expect(try await server.ask("SCARD", "usdcop:audit:new").integer == 0)
                #expect(server.pid > 0)
            }
        }

        @Test func `the trail's own user appends and reads, and nothing else`() async throws {
            try await withTrail { server in
                let key = try TestTrail.key()
                try await withAudit(on: server.configuration(as: .trail), { $0.signingKey = key }) { audit in
                    _ = try await audit.log(.system("of the trail's user"))
                    #expect(try await audit.getAuditTrail(limit: 100).entries.count == 13)
                    #expect(try await audit.verify().breaks.isEmpty)
                    let once = try IdempotencyKey("one", owner: "desk", request: [1])
                    let first = try await audit.log(.system("once"), idempotency: once)
                    #expect(try await audit.log(.system("once"), idempotency: once).streamID == first.streamID)
                }
                server.expectRefusals()
                try await RedisClient.withClient(server.configuration(as: .trail), logger: .silent) { client async throws in
                    for words in [
                        ["GET", "usdcop:mine"], ["SET", "usdcop:mine", "y"], ["SCAN", "0"], ["XADD", "usdcop:events", "*", "a", "b"],
                    ] {
                        let error = await #expect(throws: RedisError.self) { try await client.send(RefusedCommand.command(words)) }
                        #expect(error?.server?.kind == .noPermission, "\(words)")
                    }
                }
            }
        }

        @Test func `a reader sees everything that a person asks redis-cli for, and changes nothing`() async throws {
            try await withTrail { server in
                try await server.ask("LPUSH", "usdcop:list", "a")
                try await server.ask("HSET", "usdcop:hash", "f", "v")
                try await server.ask("ZADD", "usdcop:zset", "1", "m")
                try await RedisClient.withClient(server.configuration(as: .reader), logger: .silent) { client async throws in
                    for words in [
                        ["GET", "usdcop:mine"], ["TTL", "usdcop:mine"], ["LRANGE", "usdcop:list", "0", "-1"], ["HGETALL", "usdcop:hash"],
                        ["ZRANGE", "usdcop:zset", "0", "-1", "WITHSCORES"], ["XRANGE", "E", "-", "+"], ["XINFO", "STREAM", "E", "FULL"],
                        ["XREAD", "STREAMS", "E", "0"], ["SCAN", "0", "MATCH", "usdcop:*"], ["TYPE", "E"], ["INFO"], ["DBSIZE"],
                        ["MEMORY", "USAGE", "E"], ["OBJECT", "ENCODING", "E"], ["ACL", "WHOAMI"], ["COMMAND", "DOCS", "GET"],
                    ] { _ = try await client.send(RefusedCommand.command(words)) }
                }
                server.expectRefusals()
                let before = try await bytes(server)
                try await RedisClient.withClient(server.configuration(as: .reader), logger: .silent) { client async throws in
                    for words in [
                        ["SET", "usdcop:mine", "y"], ["XADD", "E", "*", "a", "b"], ["HSET", "usdcop:hash", "f", "w"],
                        ["GETDEL", "usdcop:mine"],
                        ["GETEX", "usdcop:mine", "EX", "1"], ["EVAL", "while true do end", "0"], ["EVAL_RO", "while true do end", "0"],
                        ["SORT_RO", "usdcop:list"], ["CONFIG", "GET", "requirepass"],
                    ] {
                        let error = await #expect(throws: RedisError.self) { try await client.send(RefusedCommand.command(words)) }
                        #expect(error?.server?.kind == .noPermission, "\(words)")
                    }
                }
                #expect(try await bytes(server) == before)
            }
        }

        @Test func `an administrator clears, and is found out where nobody signed for it`() async throws {
            try await withTrail { server in
                let key = try TestTrail.key()
                let state = try ScratchDirectory()
                // Through the service, with a record that is signed: no break.
                try await withAudit(on: server.configuration, state: state.url, { $0.signingKey = key }) { audit in
                    #expect(try await audit.clearAuditTrail(reason: "end of the trial").count == 12)
                    #expect(try await audit.verify().breaks.isEmpty)
                    for number in 0..<5 { _ = try await audit.log(.system("later \(number)")) }
                }
                // By hand in Redis: possible, and seen.
                try await RedisClient.withClient(server.configuration(as: .administrator), logger: .silent) { client async throws in
                    _ = try await client.send(RedisCommand("XTRIM", [Self.events, "MAXLEN", "=", "2"]))
                    #expect(try await AuditVerifier(key: key).verify(client, namespace: .standard).breaks.map(\.kind) == [.rogueTrim])
                    _ = try await client.send(RedisCommand("ACL", ["LOG"]))
                    _ = try await client.send(RedisCommand("UNLINK", [Self.events]))
                }
                server.expectRefusals()
                try await RedisClient.withClient(server.configuration(as: .administrator), logger: .silent) { client async throws in
                    for words in [["FLUSHALL"], ["KEYS", "*"], ["CONFIG", "SET", "maxmemory", "1"], ["SHUTDOWN"], ["DEL", "other:key"]] {
                        let error = await #expect(throws: RedisError.self) { try await client.send(RefusedCommand.command(words)) }
                        #expect(error?.server?.kind == .noPermission, "\(words)")
                    }
                }
            }
        }

        @Test(arguments: [RedisUsers.User.service, .trail])
        func `an XADD that trims is allowed to those who append, and verify finds it`(user: RedisUsers.User) async throws {
            try await withTrail { server in
                let key = try TestTrail.key()
                let configuration = server.configuration(as: user)
                try await RedisClient.withClient(configuration, logger: .silent) { client async throws in
                    #expect(try await AuditVerifier(key: key).verify(client, namespace: .standard).breaks.isEmpty)
                    _ = try await client.send(RedisCommand("XADD", [Self.events, "MAXLEN", "=", "3", "*", "note", "x"]))
                    let verdict = try await AuditVerifier(key: key).verify(client, namespace: .standard)
                    #expect(Set(verdict.breaks.map(\.kind)) == [.rogueTrim, .inserted], "\(verdict.breaks)")
                }
            }
        }

        /// Redis checks what an append-only file says between MULTI and EXEC, and so every script, against the default user (redis#14541).
        @Test func `a restart loads what scripts wrote, although nobody may be the default user`() async throws {
            let server = try await PrivateRedis.start("--appendonly", "yes", "--appendfsync", "always")
            defer { server.stop() }
            try await withAudit(on: server.configuration) { audit in
                for number in 0..<5 { _ = try await audit.log(.system("event \(number)")) }
            }
            server.kill()
            try await server.start()
            #expect(try await trail(on: server).count == 5)
            #expect(try await server.ask("HLEN", "usdcop:audit:writers").integer == 0)
            var nobody = server.configuration
            (nobody.user, nobody.password) = (nil, nil)
            server.expectRefusals()
            let error = await #expect(throws: RedisError.self) {
                try await RedisClient(configuration: nobody).withDedicatedConnection { connection in
                    _ = try await connection.reply(to: RedisCommand("PING"))
                }
            }
            #expect(error?.server?.code == "NOAUTH")
        }
    }
}

extension RedisReply {
    /// What the server says instead of a value.
    fileprivate var refusal: RedisServerError? {
        if case .error(let error) = self { error } else { nil }
    }
}

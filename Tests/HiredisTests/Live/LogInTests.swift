import Hiredis
import RedisTesting
import Testing

extension Live {
    @Suite struct LogInTests {
        @Test func `logs in, names itself and selects the database on every connection`() async throws {
            let server = try await PrivateRedis.startOpen("--user", "app", "on", ">se:cr@et", "~*", "&*", "+@all")
            let url = "redis://app:se%3Acr%40et@127.0.0.1:\(server.port)/5?client_name=trader-1"
            try await Live.withClient(RedisConfiguration(url: url)) { client async throws in
                var ids: Set<Substring> = []
                for round in 1...4 {
                    let reply = try await client.send(RedisCommand("CLIENT", ["INFO"], access: .read), timeout: .seconds(5))
                    let info = try #require(reply.text)
                    for field in ["name=trader-1 ", "db=5 ", "user=app "] { #expect(info.contains(field)) }
                    ids.insert(info.prefix { $0 != " " })
                    #expect(ids.count == round)
                    _ = try await client.send(RedisCommand("SET", ["round", .integer(round)]), timeout: .seconds(5))
                    try await server.ask("CLIENT", "KILL", "USER", "app")
                }
                #expect(try await client.get("round", timeout: .seconds(5)) == Array("4".utf8))
            }
            #expect(try await server.ask("DBSIZE") == .integer(0))
        }

        @Test(arguments: [
            ("redis://:hunter2@", ["--requirepass", "right"], "WRONGPASS"),
            ("redis://app:hunter2@", ["--requirepass", "right"], "WRONGPASS"),
            ("redis://", ["--requirepass", "right"], "NOAUTH"), ("redis://:hunter2@", [], "ERR"),
        ])
        func `wrong credentials fail at once and are never shown`(address: String, options: [String], code: String) async throws {
            let server = try PrivateRedis(options: options, users: .open)
            try await server.start()
            let log = RecordedLog()
            let configuration = try RedisConfiguration(url: "\(address)127.0.0.1:\(server.port)")
            try await RedisClient.withClient(configuration, logger: log.logger) { client in
                let (error, time) = try await timed { try await client.failure(of: RedisCommand("PING"), timeout: .seconds(5)) }
                #expect(time < .seconds(1))
                #expect(error.code == .server)
                #expect(error.server?.kind == .authentication)
                #expect(error.server?.code == code)
                #expect(error.outcome == .notSent)
                expectNoPassword(in: [error, client.status, client.configuration])
                // Put right while it runs, it is found without a restart.
                try await server.ask("CONFIG", "SET", "requirepass", code == "NOAUTH" ? "" : "hunter2")
                guard !address.contains("app") else { return }
                let (_, recovery) = try await timed { try await client.ready() }
                #expect(recovery < .seconds(1))
            }
            #expect(!log.messages.isEmpty)
            expectNoPassword(in: log.records)
        }

        @Test func `a server that repeats what it does not know gives no password away`() async throws {
            let server = try await PrivateRedis.startOpen("--rename-command", "AUTH", "")
            let configuration = try RedisConfiguration(url: "redis://hunter2:hunter2@127.0.0.1:\(server.port)")
            let client = RedisClient(configuration: configuration)
            let error = try await #require(throws: RedisError.self) { try await client.withDedicatedConnection { _ in } }
            #expect(error.code == .server)
            #expect(error.server?.kind == .other)
            expectNoPassword(in: [error])
        }

        @Test func `a user without any right to ask still gets a connection`() async throws {
            let server = try await PrivateRedis.startOpen("--user", "app", "on", ">secret", "~app:*", "+get", "+set", "+client|setname")
            try await Live.withClient(RedisConfiguration(url: "redis://app:secret@127.0.0.1:\(server.port)")) { client async throws in
                #expect(try await client.send(RedisCommand("SET", ["app:key", "value"]), timeout: .seconds(5)) == .status("OK"))
                guard case .ready(let info) = client.status else { return #expect(Bool(false), "not ready") }
                #expect(info.warnings == [.settingsUnreadable])
                let error = try await client.failure(of: RedisCommand("GET", ["other:key"], access: .read))
                #expect(error.server?.kind == .noPermission)
                #expect(error.outcome == .rejected)
            }
        }

        private func expectNoPassword(in values: [Any]) {
            for value in values {
                var dumped = ""
                dump(value, to: &dumped)
                for text in ["\(value)", String(reflecting: value), dumped] { #expect(!text.contains("hunter2")) }
            }
        }
    }
}

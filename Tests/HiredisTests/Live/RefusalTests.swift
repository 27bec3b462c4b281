import Foundation
import Hiredis
import RedisTesting
import Testing

extension Live {
    @Suite struct RefusalTests {
        private let set = RedisCommand("SET", ["key", "value"])

        @Test(
            arguments: [
                (["--maxmemory", "1"], .outOfMemory), (["--min-replicas-to-write", "1"], .noReplicas),
                (["--replicaof", "127.0.0.1", "1"], .readOnly),
                (["--user", "default", "on", "nopass", "~*", "&*", "+@all", "-set"], .noPermission),
            ] as [([String], RedisServerError.Kind)])
        func `tells why Redis takes no writes`(options: [String], kind: RedisServerError.Kind) async throws {
            let server = try PrivateRedis(options: options, users: .open)
            try await server.start()
            try await Live.withClient(server.configuration) { client async throws in
                let error = try await client.failure(of: set, timeout: .seconds(2))
                #expect(error.code == .server)
                #expect(error.server?.kind == kind)
                #expect(error.outcome == .rejected)
                #expect(try await client.get("key") == nil)
                guard case .ready(let info) = client.status else { return #expect(Bool(false), "not ready") }
                #expect(info.warnings.contains(.isReplica) == (kind == .readOnly))
            }
        }

        @Test func `tells that persistence fails`() async throws {
            let server = try await PrivateRedis.startOpen("--enable-protected-configs", "yes")
            let gone = server.directory.appendingPathComponent("gone")
            try FileManager.default.createDirectory(at: gone, withIntermediateDirectories: false)
            try await server.ask("CONFIG", "SET", "save", "3600 1", "dir", .text(gone.path))
            try FileManager.default.removeItem(at: gone)
            try await server.ask("BGSAVE")
            try await eventually { try await server.ask("INFO", "persistence").text?.contains("rdb_last_bgsave_status:err") == true }
            try await Live.withClient(server.configuration) { client async throws in
                let error = try await client.failure(of: set, timeout: .seconds(2))
                #expect(error.server?.kind == .misconfigured)
                #expect(error.outcome == .rejected)
                #expect(try await client.get("key") == nil)
            }
        }

        @Test func `a script that does not end makes others wait, and they are served when it ends`() async throws {
            let server = try await PrivateRedis.startOpen("--busy-reply-threshold", "10")
            try await Live.withClient(server.configuration) { client async throws in
                try await client.ready()
                try await client.withDedicatedConnection { connection async throws in
                    let endless = RedisCommand("EVAL", ["while true do end", "0"])
                    async let script = connection.reply(to: endless, timeout: .seconds(20))
                    try await eventually { try await client.failureKind(of: set, timeout: .milliseconds(50)) == .busy }
                    async let write = client.send(set, timeout: .seconds(10))
                    // The write has been refused at least once when the first pauses of its repetitions are over.
                    try await Task.sleep(for: .milliseconds(50))
                    let admin = RedisCommand("SCRIPT", ["KILL"])
                    try await eventually { (try? await client.send(admin, timeout: .milliseconds(100))) == .status("OK") }
                    #expect(try await write == .status("OK"))
                    _ = try? await script
                }
            }
        }

        @Test func `a server that loads is away until it has loaded`() async throws {
            let server = try await PrivateRedis.startOpen("--save", "3600 1", "--enable-debug-command", "yes")
            try await server.ask("DEBUG", "POPULATE", "400")
            try await server.ask("SET", "key", "value")
            try await server.ask("SAVE")
            try await Live.withClient(server.configuration) { client async throws in
                try await client.ready()
                server.kill()
                async let start: Void = server.start(adding: [
                    "--key-load-delay", "2000", "--loading-process-events-interval-bytes", "1024",
                ])
                let status = try await client.status { $0.error?.server?.kind == .loading }
                #expect(status.error?.meansAway == true)
                // Redis cuts the delay short now and then; whatever it takes, nothing but the reply comes.
                #expect(try await client.value(of: "key") == Array("value".utf8))
                try await start
            }
        }

        @Test func `a replica that has lost its master and may not serve is away, and commands wait for it`() async throws {
            let server = try await PrivateRedis.startOpen("--replica-serve-stale-data", "no")
            try await RedisClient(configuration: server.configuration).withDedicatedConnection { admin async throws in
                _ = try await admin.reply(to: RedisCommand("REPLICAOF", ["127.0.0.1", "1"]))
                try await Live.withClient(server.configuration) { client async throws in
                    let status = try await client.status { $0.error?.server?.kind == .masterDown }
                    #expect(status.error?.meansAway == true)
                    _ = try await admin.reply(to: RedisCommand("REPLICAOF", ["NO", "ONE"]))
                    try await client.ready()
                    _ = try await admin.reply(to: RedisCommand("REPLICAOF", ["127.0.0.1", "1"]))
                    async let patient = client.get("key", timeout: .seconds(10))
                    let impatient = RedisCommand("GET", ["key"], access: .read)
                    // One whose time is over while it is on its way again says only that.
                    try await eventually { try await client.failure(of: impatient, timeout: .milliseconds(50)).server?.kind == .masterDown }
                    _ = try await admin.reply(to: RedisCommand("REPLICAOF", ["NO", "ONE"]))
                    #expect(try await patient == nil)
                }
            }
        }

        @Test func `a server that takes no more clients says so, whichever side is faster`() async throws {
            let server = try await PrivateRedis.startOpen("--maxclients", "2")
            let client = RedisClient(configuration: server.configuration)
            try await client.withDedicatedConnection { first async throws in
                try await client.withDedicatedConnection { second async throws in
                    var unlike: [RedisError] = []
                    for _ in 0..<200 {
                        let error = try await #require(throws: RedisError.self) { try await client.withDedicatedConnection { _ in } }
                        if error.server?.kind != .tooManyClients || error.code != .server { unlike.append(error) }
                    }
                    #expect(unlike.isEmpty)
                    for connection in [first, second] { #expect(try await connection.reply(to: RedisCommand("PING")) == .status("PONG")) }
                }
            }
        }
    }
}

extension RedisStatus {
    /// Why the client is away.
    var error: RedisError? {
        if case .away(let error) = self { error } else { nil }
    }
}

extension RedisClient {
    fileprivate func failureKind(of command: RedisCommand, timeout: Duration) async throws -> RedisServerError.Kind? {
        do {
            _ = try await send(command, timeout: timeout)
            return nil
        } catch {
            return error.server?.kind
        }
    }

    /// Asks until there is a reply.
    fileprivate func value(of key: String) async throws -> [UInt8]? {
        for await status in statusUpdates() where status.isReady {
            if let value = try? await get(key, timeout: .seconds(5)) { return value }
        }
        return nil
    }
}

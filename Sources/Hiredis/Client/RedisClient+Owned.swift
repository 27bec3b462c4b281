/// A connection that lives as long as somebody holds it: for bulk reads that come in pieces.
public final class OwnedRedisConnection: Sendable {
    private let connection: RedisConnection

    init(_ connection: RedisConnection) { self.connection = connection }

    deinit { connection.close(RedisError(.shutDown, .unknown, "The connection was closed by its owner.")) }

    /// Sends one command and waits for its reply; error replies are thrown.
    ///
    /// - Throws: ``RedisError``; nothing is repeated here.
    public func send(_ command: RedisCommand, timeout: Duration? = nil) async throws(RedisError) -> RedisReply {
        let reply = try await connection.reply(to: command, timeout: timeout)
        guard case .error(let error) = reply else { return reply }
        throw RedisError(error)
    }

    /// Runs a script as ``RedisClient/run(_:keys:arguments:timeout:)`` does.
    public func run(_ script: RedisScript, keys: [String], arguments: [RedisArgument]) async throws(RedisError) -> RedisReply {
        do {
            return try await send(script.byDigest(keys, arguments))
        } catch {
            guard error.server?.kind == .noScript else { throw error }
            return try await send(script.bySource(keys, arguments))
        }
    }
}

extension RedisClient {
    /// Opens a connection that closes when the last reference to it goes; see ``withDedicatedConnection(_:)`` for the length of a closure.
    public func ownedConnection() async throws(RedisError) -> OwnedRedisConnection {
        OwnedRedisConnection(try await connector.connect().connection)
    }
}

import NIOCore

extension RedisClient {
    /// Runs a script in one round trip: EVALSHA, and EVAL once where the server does not know the script yet.
    ///
    /// - Throws: ``RedisError``; the outcome `rejected` means that nothing was written.
    public func run(
        _ script: RedisScript, keys: [String], arguments: [RedisArgument], timeout: Duration? = nil
    ) async throws(RedisError) -> RedisReply {
        let deadline = NIODeadline.now() + TimeAmount(timeout ?? configuration.commandTimeout)
        do {
            return try await send(script.byDigest(keys, arguments), deadline: deadline)
        } catch {
            guard error.server?.kind == .noScript else { throw error }
            return try await send(script.bySource(keys, arguments), deadline: deadline)
        }
    }

    /// GET: the bytes of a string, `nil` when the key does not exist.
    public func get(_ key: String, timeout: Duration? = nil) async throws(RedisError) -> [UInt8]? {
        switch try await send(RedisCommand("GET", [.text(key)], access: .read), timeout: timeout) {
        case .bulk(let bytes): return bytes
        case .null: return nil
        default: throw .unexpected
        }
    }
}

extension RedisScript {
    /// The command for a server that knows the script.
    func byDigest(_ keys: [String], _ arguments: [RedisArgument]) -> RedisCommand { command("EVALSHA", .text(sha1), keys, arguments) }

    /// The command that brings the script along.
    func bySource(_ keys: [String], _ arguments: [RedisArgument]) -> RedisCommand { command("EVAL", .text(source), keys, arguments) }

    private func command(_ command: String, _ first: RedisArgument, _ keys: [String], _ arguments: [RedisArgument]) -> RedisCommand {
        let operands = [first, .integer(keys.count)] + keys.map(RedisArgument.text) + arguments
        return RedisCommand(RedisCommandLabel(command: command, script: name), operands, access: access)
    }
}

extension RedisError {
    /// A reply of a kind that the command never gives.
    public static var unexpected: RedisError {
        RedisError(.unexpectedReply, .unknown, "Redis gave a reply of a kind that this command never gives.")
    }
}

import NIOCore

extension RedisClient {
    /// Runs a script in one round trip: EVALSHA, and EVAL once where the server does not know the script yet.
    ///
    /// - Throws: ``RedisError``; the outcome `rejected` means that nothing was written.
    public func run(
        _ script: RedisScript, keys: [String], arguments: [RedisArgument], timeout: Duration? = nil
    ) async throws(RedisError) -> RedisReply {
        let deadline = NIODeadline.now() + TimeAmount(timeout ?? configuration.commandTimeout)
        let operands = [.integer(keys.count)] + keys.map(RedisArgument.text) + arguments
        func command(_ name: String, _ first: RedisArgument) -> RedisCommand {
            RedisCommand(RedisCommandLabel(command: name, script: script.name), [first] + operands, access: script.access)
        }
        do {
            return try await send(command("EVALSHA", .text(script.sha1)), deadline: deadline)
        } catch {
            guard error.server?.kind == .noScript else { throw error }
            return try await send(command("EVAL", .text(script.source)), deadline: deadline)
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

extension RedisError {
    /// A reply of a kind that the command never gives.
    public static var unexpected: RedisError {
        RedisError(.unexpectedReply, .unknown, "Redis gave a reply of a kind that this command never gives.")
    }
}

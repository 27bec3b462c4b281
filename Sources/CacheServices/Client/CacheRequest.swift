package import Hiredis

/// What goes to Redis for one step; keys are relative to the namespace until ``command(in:)`` or ``scriptKeys(in:)``.
package struct CacheRequest: Sendable {
    enum Form: Sendable {
        case command(String)
        case script(RedisScript)
    }

    let form: Form
    package let keys: [String]
    package let arguments: [RedisArgument]
    let access: RedisCommand.Access

    /// One command: its name, then the keys, then the arguments.
    static func command(
        _ name: String, _ keys: [String], _ arguments: [RedisArgument] = [], access: RedisCommand.Access = .write
    ) -> CacheRequest {
        CacheRequest(form: .command(name), keys: keys, arguments: arguments, access: access)
    }

    /// One script.
    package static func script(_ script: RedisScript, keys: [String], _ arguments: [RedisArgument]) -> CacheRequest {
        CacheRequest(form: .script(script), keys: keys, arguments: arguments, access: .write)
    }

    /// Sends it in one round trip.
    func send(by client: RedisClient, in schema: KeySchema) async throws(RedisError) -> RedisReply {
        let keys = keys.map(schema.full)
        switch form {
        case .command(let name):
            return try await client.send(RedisCommand(name, keys.map(RedisArgument.text) + arguments, access: access))
        case .script(let script):
            return try await client.run(script, keys: keys, arguments: arguments)
        }
    }
}

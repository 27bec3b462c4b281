import Foundation
public import Hiredis

extension PrivateRedis {
    /// Sends one command over a connection of its own to the Unix socket and gives the reply, errors included.
    @discardableResult
    public func ask(_ name: String, _ arguments: RedisArgument...) async throws -> RedisReply {
        try await send(name, arguments)
    }

    /// The same for arguments that are a list already.
    @discardableResult
    public func send(_ name: String, _ arguments: [RedisArgument]) async throws -> RedisReply {
        var configuration = unrestricted
        configuration.endpoint = .unixSocket(path: socketPath)
        configuration.clientName = "test-admin"
        configuration.connectTimeout = .seconds(10)
        return try await RedisClient(configuration: configuration).withDedicatedConnection { connection in
            try await connection.reply(to: RedisCommand(name, arguments), timeout: .seconds(10))
        }
    }

    /// How often each command was called since the server started, by `INFO commandstats`: `get`, `evalsha`, `config|get`.
    ///
    /// Counts what it needs for asking, too.
    public func commandCalls() async throws -> [String: Int] {
        Self.commandCalls(in: try await ask("INFO", "commandstats").text ?? "")
    }

    /// Reads `cmdstat_get:calls=3,usec=…` lines.
    public static func commandCalls(in text: String) -> [String: Int] {
        var calls: [String: Int] = [:]
        for line in text.split(whereSeparator: \.isNewline) where line.hasPrefix("cmdstat_") {
            let parts = line.dropFirst("cmdstat_".count).split(separator: ":", maxSplits: 1)
            guard parts.count == 2, let count = parts[1].split(separator: ",").first?.split(separator: "=").last else { continue }
            calls[String(parts[0])] = Int(count)
        }
        return calls
    }
}

import CacheServices
import Hiredis

/// Reading of streams on a connection of its own, so that whole trails do not stand in front of small commands.
struct StreamReading {
    /// Entries of one reply: at most 8 MB of the trail's.
    static let pageLength = 500
    let connection: RedisConnection
    /// How long one reply may take.
    let timeout: Duration

    /// Identifies the run of the server; `nil` when the user may not read it.
    func server() async throws -> String? {
        let reply = try await connection.reply(to: RedisCommand("INFO", ["server"], access: .read), timeout: timeout)
        return reply.text.flatMap { RedisServerInfo(info: $0, settings: nil).runID }
    }

    /// Length, ends and deletions; those of an empty stream where there is no such key.
    func info(_ key: String) async throws -> StreamInfo {
        let reply = try await connection.reply(to: RedisCommand("XINFO", ["STREAM", .text(key)], access: .read), timeout: timeout)
        if case .error(let error) = reply {
            if error.text.contains("no such key") { return StreamInfo() }
            throw Self.refused(error)
        }
        return StreamInfo(reply)
    }

    /// The entries after one and up to another, both of which may lie outside, page by page, oldest first.
    func entries(
        _ key: String, after first: StreamID, through last: StreamID, page: Int = pageLength, _ body: ([StreamEntry]) throws -> Void
    ) async throws {
        var after = first
        while after < last {
            let entries = try await range(key, "(\(after)", "\(last)", limit: page)
            guard let newest = entries.last else { return }
            try body(entries)
            guard entries.count == page else { return }
            after = newest.id
        }
    }

    func range(_ key: String, _ from: String, _ to: String, limit: Int) async throws -> [StreamEntry] {
        let arguments: [RedisArgument] = [.text(key), .text(from), .text(to), "COUNT", .integer(limit)]
        return try await ask("XRANGE", arguments).streamEntries()
    }

    /// Waits until there is an entry after one, or the time is over.
    func wait(_ key: String, after id: StreamID, atMost time: Duration) async throws {
        let arguments: [RedisArgument] = [
            "COUNT", "1", "BLOCK", .integer(max(1, time.milliseconds)), "STREAMS", .text(key), .text("\(id)"),
        ]
        let reply = try await connection.reply(
            to: RedisCommand("XREAD", arguments, access: .read, blocking: time), timeout: timeout)
        if case .error(let error) = reply { throw Self.refused(error) }
    }

    func ask(_ name: String, _ arguments: [RedisArgument]) async throws -> RedisReply {
        let reply = try await connection.reply(to: RedisCommand(name, arguments, access: .read), timeout: timeout)
        if case .error(let error) = reply { throw Self.refused(error) }
        return reply
    }

    private static func refused(_ error: RedisServerError) -> CacheError {
        CacheError(error.kind == .wrongType ? .dataConflict : .refused, "Redis refused to be read (\(error.code)).")
    }
}

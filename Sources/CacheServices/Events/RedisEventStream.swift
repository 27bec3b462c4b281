public import Hiredis

/// A capped Redis stream (XADD, XRANGE, XREAD).
public struct RedisEventStream: EventStream {
    let client: RedisClient
    let key: String
    private let maximumLength: Int
    private let isExact: Bool
    /// Where commands go instead of the shared connection.
    var own: OwnedRedisConnection?

    /// - Parameters:
    ///   - name: the key, relative to the namespace.
    ///   - maximumLength: the cap.
    ///   - isExact: whether the cap holds to the entry (`=`) or approximately (`~`).
    package init(_ client: RedisClient, schema: KeySchema, name: String, maximumLength: Int, isExact: Bool) {
        self.client = client
        self.key = schema.full(name)
        self.maximumLength = maximumLength
        self.isExact = isExact
    }

    /// The changes of the cache, fed by every process.
    public static func changes(_ client: RedisClient, namespace: Namespace) -> RedisEventStream {
        RedisEventStream(
            client, schema: KeySchema(namespace), name: KeySchema.events, maximumLength: CacheRules.eventsLength, isExact: false)
    }

    @discardableResult
    public func append(_ fields: [StreamEntry.Field]) async throws(CacheError) -> StreamID {
        let values = fields.flatMap { [RedisArgument.text($0.name), .bytes($0.value)] }
        let cap: [RedisArgument] = ["MAXLEN", isExact ? "=" : "~", .integer(maximumLength), "*"]
        let reply = try await send(RedisCommand("XADD", [.text(key)] + cap + values))
        guard let id = reply.text.flatMap(StreamID.init) else { throw .unexpectedReply() }
        return id
    }

    public func entries(after id: StreamID, limit: Int) async throws(CacheError) -> [StreamEntry] {
        let count = RedisArgument.integer(max(1, limit))
        let range: [RedisArgument] = [.text(key), .text("(\(id)"), "+", "COUNT", count]
        return try await send(RedisCommand("XRANGE", range, access: .read)).streamEntries()
    }

    /// The entry of an identity; `nil` when it is not there.
    package func entry(_ id: StreamID) async throws(CacheError) -> StreamEntry? {
        try await send(RedisCommand("XRANGE", [.text(key), .text("\(id)"), .text("\(id)")], access: .read)).streamEntries().first
    }

    public func newest(_ limit: Int, before: StreamID?) async throws(CacheError) -> [StreamEntry] {
        let end = before.map { RedisArgument.text("(\($0)") } ?? "+"
        let range: [RedisArgument] = [.text(key), end, "-", "COUNT", .integer(max(1, limit))]
        return try await send(RedisCommand("XREVRANGE", range, access: .read)).streamEntries()
    }

    public func info() async throws(CacheError) -> StreamInfo {
        do throws(RedisError) {
            return StreamInfo(try await reply(to: RedisCommand("XINFO", ["STREAM", .text(key)], access: .read)))
        } catch {
            if error.server?.text.contains("no such key") == true { return StreamInfo() }
            throw CacheError(error)
        }
    }

    @discardableResult
    public func trim(to length: Int) async throws(CacheError) -> Int {
        try await send(RedisCommand("XTRIM", [.text(key), "MAXLEN", "=", .integer(max(0, length))])).count()
    }

    /// Reads on a connection of its own, so that the blocking read stands in nobody's way.
    public func follow(after id: StreamID) -> AsyncThrowingStream<[StreamEntry], any Error> {
        let (stream, continuation) = FollowerBuffer.make()
        let task = Task {
            do {
                try await client.withDedicatedConnection { connection in
                    var last = id
                    while !Task.isCancelled {
                        let entries = try await read(after: last, on: connection)
                        guard let newest = entries.last else { continue }
                        last = newest.id
                        guard continuation.offer(entries) else { return }
                    }
                }
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
        }
        continuation.onTermination = { _ in task.cancel() }
        return stream
    }

    private func read(after id: StreamID, on connection: RedisConnection) async throws -> [StreamEntry] {
        let block = Duration.seconds(5)
        let arguments: [RedisArgument] = [
            "COUNT", "500", "BLOCK", .integer(block.wholeMilliseconds), "STREAMS", .text(key), .text("\(id)"),
        ]
        let reply = try await connection.reply(to: RedisCommand("XREAD", arguments, access: .read, blocking: block))
        switch reply {
        case .null: return []
        case .error(let error): throw CacheError(.refused, "Redis refused to be read (\(error.code)).")
        default:
            guard let stream = reply.array?.first?.array, stream.count == 2 else { throw CacheError.unexpectedReply() }
            return try stream[1].streamEntries()
        }
    }

    func send(_ command: RedisCommand) async throws(CacheError) -> RedisReply {
        do throws(RedisError) {
            return try await reply(to: command)
        } catch {
            throw CacheError(error)
        }
    }

    func run(_ script: RedisScript, _ arguments: [RedisArgument]) async throws(RedisError) -> RedisReply {
        guard let own else { return try await client.run(script, keys: [key], arguments: arguments) }
        return try await own.run(script, keys: [key], arguments: arguments)
    }

    private func reply(to command: RedisCommand) async throws(RedisError) -> RedisReply {
        guard let own else { return try await client.send(command) }
        return try await own.send(command)
    }
}

public import Hiredis

/// A capped Redis stream (XADD, XRANGE, XREAD).
public struct RedisEventStream: EventStream {
    private let client: RedisClient
    private let key: String
    private let maximumLength: Int
    private let isExact: Bool

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

    public func newest(_ limit: Int) async throws(CacheError) -> [StreamEntry] {
        let range: [RedisArgument] = [.text(key), "+", "-", "COUNT", .integer(max(1, limit))]
        return try await send(RedisCommand("XREVRANGE", range, access: .read)).streamEntries()
    }

    public func info() async throws(CacheError) -> StreamInfo {
        do {
            let reply = try await client.send(RedisCommand("XINFO", ["STREAM", .text(key)], access: .read))
            return StreamInfo(reply)
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

    private func send(_ command: RedisCommand) async throws(CacheError) -> RedisReply {
        do {
            return try await client.send(command)
        } catch {
            throw CacheError(error)
        }
    }
}

extension RedisReply {
    func streamEntries() throws(CacheError) -> [StreamEntry] {
        guard let array else { throw .unexpectedReply() }
        var entries: [StreamEntry] = []
        entries.reserveCapacity(array.count)
        for item in array {
            guard let parts = item.array, parts.count == 2, let id = parts[0].text.flatMap(StreamID.init) else { throw .unexpectedReply() }
            let values = parts[1].array ?? []
            let fields = stride(from: 0, to: values.count - 1, by: 2).map {
                StreamEntry.Field(values[$0].text ?? "", values[$0 + 1].bytes ?? [])
            }
            entries.append(StreamEntry(id: id, fields: fields))
        }
        return entries
    }
}

extension StreamInfo {
    init(_ reply: RedisReply) {
        self.init(entriesAdded: nil)
        let values = reply.array ?? []
        for index in stride(from: 0, to: values.count - 1, by: 2) {
            let value = values[index + 1]
            switch values[index].text {
            case "length": length = Int(clamping: value.integer ?? 0)
            case "last-generated-id": lastID = value.text.flatMap(StreamID.init) ?? .zero
            case "entries-added": entriesAdded = value.integer.map { Int(clamping: $0) }
            case "max-deleted-entry-id": maxDeletedID = value.text.flatMap(StreamID.init) ?? .zero
            case "first-entry": firstID = value.array?.first?.text.flatMap(StreamID.init)
            default: continue
            }
        }
    }
}

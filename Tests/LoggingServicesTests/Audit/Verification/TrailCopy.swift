import CacheServices
import Hiredis

@testable import LoggingServices

/// Everything that Redis holds of a trail, taken out and put back changed: what an attacker with every right in Redis can do.
struct TrailCopy {
    struct Stream {
        var entries: [StreamEntry]
        var info: StreamInfo
    }

    var events: Stream
    var writers: [String: String]
    var checkpoints: Stream

    private static func keys(_ namespace: Namespace) -> (events: String, writers: String, checkpoints: String) {
        let schema = KeySchema(namespace)
        return (schema.full(KeySchema.auditEvents), schema.full(KeySchema.auditWriters), schema.full(KeySchema.auditCheckpoints))
    }

    init(_ client: RedisClient, namespace: Namespace) async throws {
        let keys = Self.keys(namespace)
        func stream(_ key: String) async throws -> Stream {
            Stream(
                entries: try await client.send(RedisCommand("XRANGE", [.text(key), "-", "+"])).streamEntries(),
                info: StreamInfo(try await client.send(RedisCommand("XINFO", ["STREAM", .text(key)]))))
        }
        events = try await stream(keys.events)
        checkpoints = try await stream(keys.checkpoints)
        let pairs = try await client.send(RedisCommand("HGETALL", [.text(keys.writers)])).array ?? []
        signedThrough = checkpoints.entries.last.flatMap(Checkpoint.init)?.statement.to ?? .zero
        originals = events.entries.compactMap(AuditRecord.init)
        writers = [:]
        for place in stride(from: 0, to: pairs.count - 1, by: 2) { writers[pairs[place].text ?? ""] = pairs[place + 1].text ?? "" }
    }

    /// Removes everything of a trail.
    static func remove(_ client: RedisClient, namespace: Namespace) async throws {
        let keys = keys(namespace)
        _ = try await client.send(RedisCommand("DEL", [.text(keys.events), .text(keys.writers), .text(keys.checkpoints)]))
    }

    private static let rebuild = RedisScript(
        """
        redis.call('DEL', KEYS[1])
        local place = 4
        while place <= #ARGV do
          local size = tonumber(ARGV[place + 1])
          redis.call('XADD', KEYS[1], ARGV[place], unpack(ARGV, place + 2, place + 1 + size))
          place = place + 2 + size
        end
        if ARGV[1] ~= '' and #ARGV > 3 then redis.call('XSETID', KEYS[1], ARGV[1], 'ENTRIESADDED', ARGV[2], 'MAXDELETEDID', ARGV[3]) end
        return redis.call('XLEN', KEYS[1])
        """)

    /// Makes the keys anew.
    ///
    /// - Parameter restoringCounters: whether the streams remember what they once held, as far as they can.
    func install(_ client: RedisClient, namespace: Namespace, restoringCounters: Bool) async throws {
        let keys = Self.keys(namespace)
        for (key, stream) in [(keys.events, events), (keys.checkpoints, checkpoints)] {
            var arguments: [RedisArgument] = ["", "", ""]
            if restoringCounters {
                let added = max(stream.info.entriesAdded ?? 0, stream.entries.count)
                let last = max(stream.info.lastID, stream.entries.last?.id ?? .zero)
                arguments = [.text("\(last)"), .integer(added), .text("\(stream.info.maxDeletedID)")]
            }
            for entry in stream.entries {
                arguments.append(.text("\(entry.id)"))
                arguments.append(.integer(entry.fields.count * 2))
                for field in entry.fields { arguments += [.text(field.name), .bytes(field.value)] }
            }
            _ = try await client.run(Self.rebuild, keys: [key], arguments: arguments, timeout: .seconds(5))
        }
        _ = try await client.send(RedisCommand("DEL", [.text(keys.writers)]))
        guard !writers.isEmpty else { return }
        _ = try await client.send(
            RedisCommand("HSET", [.text(keys.writers)] + writers.flatMap { [RedisArgument.text($0.key), .text($0.value)] }))
    }

    /// The entries as they were taken out.
    private(set) var originals: [AuditRecord] = []

    /// The entries as they are.
    var records: [AuditRecord] { events.entries.compactMap(AuditRecord.init) }

    /// The newest checkpoint's last entry.
    private(set) var signedThrough = StreamID.zero

    /// How many of the entries are signed.
    var signedCount: Int { events.entries.prefix { $0.id <= signedThrough }.count }

    mutating func replace(_ index: Int, with record: AuditRecord) {
        events.entries[index] = StreamEntry(id: events.entries[index].id, fields: record.fields)
    }

    /// Puts an entry after another one if the ids leave room for it; answers its id.
    mutating func insert(_ fields: [StreamEntry.Field], after index: Int) -> StreamID? {
        let before = events.entries[index].id
        let id = StreamID(milliseconds: before.milliseconds, sequence: before.sequence + 1)
        guard index + 1 < events.entries.count, id < events.entries[index + 1].id else { return nil }
        events.entries.insert(StreamEntry(id: id, fields: fields), at: index + 1)
        return id
    }
}

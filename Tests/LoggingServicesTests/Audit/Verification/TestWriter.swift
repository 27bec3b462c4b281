import CacheServices
import Hiredis

@testable import LoggingServices

/// A writer as the trail knows it, by hand: it appends a chain of events and, when Redis lost some, goes on under another name.
struct TestWriter {
    private(set) var writer: WriterID
    private(set) var sequence = 0
    private(set) var hash = ChainHash.zero
    private let name: String
    private var lives = 0

    init?(_ name: String) {
        guard let writer = WriterID(name) else { return nil }
        self.writer = writer
        self.name = name
    }

    /// The next record; it counts only when it is appended.
    func next(_ event: AuditEvent) -> AuditRecord {
        let entry = event.entry(id: "\(writer)/\(sequence + 1)", at: Timestamp(milliseconds: 1_736_937_000_000))
        return AuditRecord(writer: writer, sequence: sequence + 1, previous: hash, entry: entry.json)
    }

    /// Appends events in one step.
    mutating func append(_ count: Int, to store: AuditStore) async throws {
        try await append(
            (0..<count).map { .system("event \(sequence + $0 + 1) of \(writer)", metadata: ["size": .integer($0)]) }, to: store)
    }

    mutating func append(_ events: [AuditEvent], to store: AuditStore) async throws {
        var records: [AuditRecord] = []
        var copy = self
        for event in events {
            let record = copy.next(event)
            records.append(record)
            (copy.sequence, copy.hash) = (record.sequence, record.hash)
        }
        switch try await store.append(AuditBatch(records, isPromised: true), timeout: .seconds(5)) {
        case .recorded, .duplicate:
            self = copy
        case .lost(let last, _):
            let loss = LossRecord(writer: writer, lastSequence: max(1, sequence), lastHash: hash, lost: max(0, sequence - last))
            lives += 1
            guard let successor = WriterID("\(name).\(lives)") else { return }
            (writer, sequence, hash) = (successor, 0, .zero)
            try await append([loss.event], to: store)
        }
    }

    /// What an administrator's clearing does: an append that leaves nothing before it.
    mutating func clear(_ client: RedisClient, namespace: Namespace, key: AuditSigningKey?) async throws {
        let events = AuditStore(client, namespace: namespace, maximumLength: 1).events
        let last = try await events.info().lastID
        let record = next(
            ClearRecord(
                namespace: namespace, after: last, count: 1, lastCheckpoint: 1, reason: "test", writer: writer, sequence: sequence + 1,
                previous: hash, key: key
            ).event)
        let store = AuditStore(client, namespace: namespace, maximumLength: 1)
        _ = try await store.append(AuditBatch([record], isPromised: true), timeout: .seconds(5))
        (sequence, hash) = (record.sequence, record.hash)
    }

    /// A clean end: Redis forgets the writer.
    func retire(_ client: RedisClient, namespace: Namespace) async throws {
        let key = KeySchema(namespace).full(KeySchema.auditWriters)
        _ = try await client.send(RedisCommand("HDEL", [.text(key), .text(writer.rawValue)]))
    }
}

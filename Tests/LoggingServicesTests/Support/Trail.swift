import CacheServices
import Hiredis
import Logging
@testable import LoggingServices
import RedisTesting
import Synchronization
import Testing

/// A trail for one test: in Redis or in memory, with events appended as one writer appends them.
final class Trail: Sendable {
    enum Kind: String, CaseIterable, CustomTestStringConvertible {
        case redis, memory

        var testDescription: String { rawValue }

        func run(maximumEvents: Int = 10_000, _ body: (Trail) async throws -> Void) async throws {
            switch self {
            case .memory: try await body(Trail(InMemoryEventStream(maximumLength: maximumEvents), store: nil, server: nil))
            case .redis:
                try await Trail.withRedis { server, client async throws in
                    let store = AuditStore(client, namespace: .standard, maximumLength: maximumEvents)
                    try await body(Trail(store.events, store: store, server: server))
                }
            }
        }
    }

    let stream: any EventStream
    let reader: AuditTrailReader
    /// `nil` in memory.
    let store: AuditStore?
    let server: PrivateRedis?
    private let chain = Mutex((sequence: 0, previous: ChainHash.zero))
    private let writer = WriterID.make(at: .sample)

    init(_ stream: any EventStream, store: AuditStore?, server: PrivateRedis?, now: Timestamp = .sample) {
        self.stream = stream
        self.store = store
        self.server = server
        self.reader = AuditTrailReader(stream, clock: CacheClock(monotonic: { .now }, wall: { now }))
    }

    static func withRedis(_ body: (PrivateRedis, RedisClient) async throws -> Void) async throws {
        let server = try await PrivateRedis.start()
        let client = RedisClient(configuration: server.configuration, logger: .silent)
        let running = Task { await client.run() }
        do {
            try await body(server, client)
        } catch {
            running.cancel()
            throw error
        }
        running.cancel()
        await running.value
    }

    /// Appends entries of one writer in their order; answers where they are.
    @discardableResult
    func append(_ entries: [AuditLogEntry]) async throws -> [StreamID] { try await append(bytes: entries.map(\.json)) }

    @discardableResult
    func append(bytes entries: [[UInt8]]) async throws -> [StreamID] {
        let records = chain.withLock { chain in
            entries.map { entry in
                chain.sequence += 1
                let record = AuditRecord(writer: writer, sequence: chain.sequence, previous: chain.previous, entry: entry)
                chain.previous = record.hash
                return record
            }
        }
        var ids: [StreamID] = []
        guard let store else {
            for record in records { ids.append(try await stream.append(record.fields)) }
            return ids
        }
        for start in stride(from: 0, to: records.count, by: 200) {
            let batch = AuditBatch(Array(records[start..<min(start + 200, records.count)]))
            guard case .recorded(let places) = try await store.append(batch, timeout: .seconds(10)) else { throw Refused() }
            ids += places.compactMap { $0 }
        }
        return ids
    }

    struct Refused: Error {}
}

extension AuditLogEntry {
    /// An entry with something to filter by: six types, four symbols, three users and nobody, a second apart.
    static func numbered(_ number: Int) throws -> AuditLogEntry {
        let types = AuditEventType.allCases
        let symbols: [Symbol] = ["USDCOP", "EURCOP", "USDMXN", "SYSTEM"]
        let event = AuditEvent(
            types[number % types.count], symbol: symbols[number / 3 % symbols.count], action: "Event \(number)",
            afterState: ["number": .integer(number)], metadata: ["note": .string("no \(number)")],
            userID: number % 4 == 0 ? nil : "user-\(number % 4)")
        return event.entry(id: "audit-\(number)", at: .sample + .seconds(number))
    }
}

extension AuditPage {
    var numbers: [Int] { entries.compactMap { Int($0.entry.action.dropFirst("Event ".count)) } }
}

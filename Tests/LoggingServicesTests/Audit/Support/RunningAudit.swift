import CacheServices
import Foundation
import Hiredis
import Logging
import RedisTesting
import ServiceLifecycle

@testable import LoggingServices

/// A directory of one test's own, removed with it.
final class ScratchDirectory: Sendable {
    let url = URL(fileURLWithPath: "/tmp").appendingPathComponent("usdcop-test-\(UUID().uuidString.prefix(8))", isDirectory: true)

    init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(at: url) }
}

/// A running trail on a server; it ends in order when `body` does.
@discardableResult
func withAudit<Value: Sendable>(
    on configuration: RedisConfiguration, state: URL? = nil, isLasting: Bool = true, logger: Logger = .silent,
    _ change: (inout AuditSettings) -> Void = { _ in }, _ body: @Sendable (AuditLogger) async throws -> Value
) async throws -> Value {
    var settings = AuditSettings()
    settings.stateDirectory = state
    change(&settings)
    let fixed = settings
    return try await RedisClient.withClient(configuration, logger: .silent) { client in
        let audit = AuditLogger(redis: client, settings: fixed, isLasting: isLasting, logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await audit.run() }
            let value: Value
            do {
                value = try await body(audit)
            } catch {
                group.cancelAll()
                throw error
            }
            audit.lane.mailbox.close()
            try await group.waitForAll()
            return value
        }
    }
}

/// Everything in the trail, oldest first, as it is stored.
func trail(on server: PrivateRedis) async throws -> [AuditRecord] {
    try await RedisClient.withClient(server.configuration, logger: .silent) { client in
        let stream = AuditStore(client, namespace: .standard, maximumLength: 1).events
        var records: [AuditRecord] = []
        var last = StreamID.zero
        while case let page = try await stream.entries(after: last, limit: 1000), let newest = page.last {
            records += try page.map { entry in
                guard let record = AuditRecord(entry) else { throw ForeignEntry(id: entry.id) }
                return record
            }
            last = newest.id
        }
        return records
    }
}

struct ForeignEntry: Error { let id: StreamID }

extension [AuditRecord] {
    /// The places where a chain is broken, by the rules alone: own hash, sequence, hash before.
    var breaks: [String] {
        var heads: [WriterID: AuditRecord] = [:]
        return compactMap { record in
            defer { heads[record.writer] = record }
            guard record.isIntact else { return "\(record.writer) \(record.sequence) is not intact" }
            guard let head = heads[record.writer] else { return nil }
            let follows = record.sequence == head.sequence + 1 && record.previous == head.hash
            return follows ? nil : "\(record.writer) \(record.sequence) does not follow \(head.sequence)"
        }
    }

    /// The sentences, in order.
    var actions: [String] { compactMap { try? $0.decodedEntry().action } }
}

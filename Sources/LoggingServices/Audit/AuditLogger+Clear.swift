import CacheServices
public import Foundation
import Synchronization

/// What clearing the trail did.
public struct AuditClearance: Sendable, Hashable {
    /// Events that were removed from the stream.
    public let count: Int
    /// The export that was made first: NDJSON that `verify` takes.
    public let archive: URL
    /// The entry that records the clearing, and alone is left.
    public let receipt: AuditReceipt
}

extension AuditLogger {
    /// How often events that arrive during the export may delay the clearing.
    private static let clearingAttempts = 10

    /// Exports the trail and then removes everything from it but a record of the clearing.
    ///
    /// Nothing is removed that the export does not have: when events arrive meanwhile, they are exported, too.
    ///
    /// - Parameters:
    ///   - reason: why, 1 to 512 printable characters; it stays in the trail.
    ///   - archive: where to export to; a new file in the state directory if `nil`.
    /// - Throws: ``AuditError``; nothing was cleared then, unless its code is `outcomeUnknown`.
    public func clearAuditTrail(
        reason: String, userID: String? = nil, ipAddress: String? = nil, archive: URL? = nil
    ) async throws(AuditError) -> AuditClearance {
        if let code = TextRule(maximumLength: 512).problem(with: reason) {
            throw AuditError(.invalid, "The reason must be 1 to 512 printable characters (\(code.rawValue)); nothing was cleared.")
        }
        guard let store else { throw .clearingNeedsRedis }
        guard let file = archive ?? archiveFile() else {
            throw AuditError(
                .invalid, "There is no place for the export that goes before a clearing; set USDCOP_STATE_DIR. Nothing was cleared.")
        }
        var export = try TrailArchive(file)
        let checkpoint = try await signer?.checkpointNow()?.number
        for _ in 0..<Self.clearingAttempts {
            try await export.add(from: store.events)
            let made = Mutex<AuditLogEntry?>(nil)
            let count = export.count
            let last = export.last
            let content = LaneSubmission.Content.clearing(after: last) { [settings] chain in
                var event = ClearRecord(
                    count: count, lastCheckpoint: checkpoint, reason: reason, writer: chain.writer, sequence: chain.sequence + 1,
                    previous: chain.previous, key: settings.signingKey
                ).event
                event.userID = userID
                event.ipAddress = ipAddress
                let entry = event.entry()
                made.withLock { $0 = entry }
                return entry.json
            }
            let answer = try await withCheckedContinuation { continuation in
                lane.mailbox.submit(LaneSubmission(content: content, idempotency: nil, reply: continuation))
            }.get()
            switch answer {
            case .recorded(let id, let writer, let sequence, _):
                guard let entry = made.withLock({ $0 }) else { throw .clearingUnknown }
                let receipt = AuditReceipt(entry: entry, streamID: id, durability: durability, writer: writer, sequence: sequence)
                _ = try? await signer?.checkpointNow()
                return AuditClearance(count: count, archive: file, receipt: receipt)
            case .moved: continue
            case .spooled, .remembered, .notAdded: throw .clearingUnknown
            }
        }
        throw AuditError(
            .overCapacity, "Events kept arriving, so that the export was never complete; nothing was cleared. The export is \(file.path).")
    }

    private func archiveFile() -> URL? {
        settings.stateDirectory.map {
            let time = Timestamp.now.iso8601.filter(\.isNumber)
            return JournalDirectory.trail(stateDirectory: $0, namespace: settings.namespace)
                .appendingPathComponent("archive", isDirectory: true).appendingPathComponent("\(time).ndjson")
        }
    }
}

/// The export that goes before a clearing: NDJSON, brought to the disk before anything is removed.
private struct TrailArchive {
    private let descriptor: Descriptor
    private let folder: Descriptor
    private var size: Int64 = 0
    /// Events in the file.
    private(set) var count = 0
    /// The newest of them.
    private(set) var last = StreamID.zero

    init(_ file: URL) throws(AuditError) {
        do {
            let parent = file.deletingLastPathComponent()
            try FileManager.default.createDirectory(
                at: parent, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o750])
            folder = try Descriptor(parent.path, flags: O_RDONLY, operation: "open the directory of the export")
            descriptor = try Descriptor(file.path, flags: O_RDWR | O_CREAT | O_EXCL, operation: "make the export")
        } catch {
            throw AuditError(.file, "The export \(file.path) cannot be made (\(error)); nothing was cleared.")
        }
    }

    /// Adds what came since.
    mutating func add(from stream: any EventStream) async throws(AuditError) {
        do {
            while case let page = try await stream.entries(after: last, limit: 500), let newest = page.last {
                var bytes: [UInt8] = []
                for entry in page {
                    if let record = AuditRecord(entry) {
                        bytes += record.line
                    } else {
                        JSONWriter.write(entry.foreign, into: &bytes)
                    }
                    bytes.append(0x0a)
                }
                try descriptor.write(bytes, at: size)
                size += Int64(bytes.count)
                count += page.count
                last = newest.id
            }
            try descriptor.sync()
            try folder.sync()
        } catch let error as CacheError {
            throw AuditError(.unavailable, "The trail cannot be read for the export; nothing was cleared.", underlying: error)
        } catch {
            throw AuditError(.file, "The export cannot be written (\(error)); nothing was cleared.")
        }
    }
}

extension StreamEntry {
    /// What is no record of ours, for the archive.
    fileprivate var foreign: JSONValue {
        let members = fields.map { JSONValue.Member($0.name, .string(String(decoding: $0.value, as: UTF8.self))) }
        return .object([.init("foreign", .object(members)), .init("stream_id", .string("\(id)"))])
    }
}
